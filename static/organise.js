// What is typed is kept, and shown as it will look. Without this file there are buttons for both.
(() => {
  "use strict";

  const words = document.currentScript.dataset;
  const form = document.getElementById("writing");
  if (!form || !form.dataset.autosave) return;
  const said = form.querySelector(".saved");
  const preview = document.getElementById("preview");
  const later = (wait, act) => {
    let waiting;
    return () => { clearTimeout(waiting); waiting = setTimeout(act, wait); };
  };
  const send = (url) => fetch(url, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  const clockTime = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  // Fills a place with what the server makes of the form. An answer that a later question overtook is not shown.
  const shower = (place, url) => {
    let asked = 0;
    return async () => {
      const mine = ++asked;
      try {
        const answer = await send(url);
        if (answer.ok && mine === asked) place.innerHTML = await answer.text();
      } catch {
        // The line is gone: what was shown last stays.
      }
    };
  };
  const look = shower(preview, form.dataset.preview);
  const printed = document.getElementById("printed");
  // Laying out the bulletin takes the server longer than a thought: only when the typing rests.
  const measure = printed ? shower(printed, form.dataset.printed) : () => {};

  const keep = async () => {
    try {
      const answer = await send(form.dataset.autosave);
      said.textContent = answer.ok ? words.kept.replace("{time}", clockTime()) : words.lost;
    } catch {
      said.textContent = words.offline;
    }
  };

  const lookSoon = later(700, look), keepSoon = later(2000, keep), measureSoon = later(3000, measure);
  form.addEventListener("input", (event) => {
    lookSoon();
    measureSoon();
    if (event.target.id !== "preview_locale" && event.target.id !== "add") keepSoon();
  });
  // What a preview button put on the page, a script measures again: one place for each.
  preview.replaceChildren();
  look();
  measure();
})();
