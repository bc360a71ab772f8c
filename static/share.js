// Buttons for what only a script can do. Without this file they stay hidden, and the links and the text beside them do.
(() => {
  "use strict";

  const show = (selector, act) => {
    for (const button of document.querySelectorAll(selector)) {
      button.hidden = false;
      button.addEventListener("click", () => act(button));
    }
  };

  // A letter carries the day of whoever writes it, and only their own machine knows it.
  for (const it of document.querySelectorAll("[data-today]")) it.value = new Date().toLocaleDateString("sv");

  if (navigator.share) {
    for (const place of document.querySelectorAll("[data-shown]")) place.hidden = false;
    // Closing the menu again is no error.
    const share = (what) => navigator.share(what).catch(() => {});
    // A letter too long for a link: the phone's own menu hands it to the mail program whole.
    show("[data-letter]", ({ dataset: { title, letter } }) =>
      share({ title, text: document.getElementById(letter).innerText.trim() }));
    show("[data-share]", ({ dataset: { title, text, share: url } }) => share({ title, text, url }));
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
