// What is typed is kept, and shown as it will look. Without this file there are buttons for both.
(() => {
  "use strict";

  const form = document.getElementById("writing");
  if (!form || !form.dataset.autosave) return;
  const said = form.querySelector(".saved");
  const preview = document.getElementById("preview");
  const later = (wait, act) => {
    let waiting;
    return () => { clearTimeout(waiting); waiting = setTimeout(act, wait); };
  };
  const send = (url) => fetch(url, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  const clockTime = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    try {
      const answer = await send(form.dataset.preview);
      // An answer that was overtaken by a later question is not shown.
      if (answer.ok && mine === asked) preview.innerHTML = await answer.text();
    } catch {
      // The line is gone: the last preview stays.
    }
  };

  const keep = async () => {
    try {
      const answer = await send(form.dataset.autosave);
      said.textContent = answer.ok ? `Kept as a draft of yours at ${clockTime()}. Not saved yet.`
        : "Not kept: you may have been signed out. Copy what you typed before you leave.";
    } catch {
      said.textContent = "Not kept: the line is gone. It is tried again when you type on.";
    }
  };

  const lookSoon = later(700, look), keepSoon = later(2000, keep);
  form.addEventListener("input", (event) => {
    lookSoon();
    if (event.target.id !== "preview_locale" && event.target.id !== "add") keepSoon();
  });
  form.addEventListener("submit", () => { asked++; });
  look();
})();
