// Buttons for what only a script can do. Without this file they stay hidden, and the links and the text beside them do.
(() => {
  "use strict";

  const show = (selector, act) => {
    for (const button of document.querySelectorAll(selector)) {
      button.hidden = false;
      button.addEventListener("click", () => act(button));
    }
  };

  if (navigator.share) {
    for (const place of document.querySelectorAll("[data-shown]")) place.hidden = false;
    // A letter too long for a link: the phone's own menu hands it to the mail program whole.
    show("[data-letter]", async ({ dataset }) => {
      try {
        await navigator.share({ title: dataset.title, text: document.getElementById(dataset.letter).innerText.trim() });
      } catch {
        // Closing the menu again is no error.
      }
    });
    show("[data-share]", async ({ dataset }) => {
      try {
        await navigator.share({ title: dataset.title, text: dataset.text, url: dataset.share });
      } catch {
        // Closing the menu again is no error.
      }
    });
  }

  if (navigator.clipboard) {
    show("[data-copy]", async (button) => {
      const said = button.textContent;
      const from = document.getElementById(button.dataset.copy);
      // A letter and an address have lines, which are part of what they say.
      const text = "lines" in from.dataset ? from.innerText.trim() : from.textContent.trim().replace(/\s+/g, " ");
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = said; }, 3000);
    });
  }
})();
