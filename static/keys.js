// Keys that save a way to the mouse: "/" searches, "?" lists them, "g" and a letter goes. All they do, links do too.
(() => {
  "use strict";

  const OFF = "campaign.keys.off";
  const stored = () => { try { return localStorage.getItem(OFF); } catch { return null; } };
  const field = document.getElementById("seek");
  const more = document.getElementById("keys");

  // Who speaks to their computer, or types with difficulty, switches single letters off (WCAG 2.1.4).
  const choice = document.getElementById("keys-on");
  if (choice) {
    choice.checked = stored() === null;
    choice.closest("p").hidden = false;
    choice.addEventListener("change", () => {
      try {
        if (choice.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "yes");
      } catch {
        // A browser that stores nothing: the keys stay on.
      }
    });
  }

  // The list stands on its own page; over this one it is shown without leaving what is being written.
  let dialog = null;
  const show = async () => {
    if (!dialog) {
      const answer = await fetch(more.href);
      const there = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".keys");
      if (!there) return;
      const heading = document.createElement("h2"), off = document.createElement("a"), close = document.createElement("button");
      heading.id = "keys-h";
      heading.textContent = more.textContent;
      off.href = more.href;
      off.textContent = more.dataset.off;
      close.className = "button";
      close.textContent = more.dataset.close;
      const last = document.createElement("p");
      last.append(off);
      dialog = document.createElement("dialog");
      dialog.setAttribute("aria-labelledby", heading.id);
      dialog.append(heading, document.importNode(there, true), last, close);
      close.addEventListener("click", () => dialog.close());
      document.body.append(dialog);
    }
    if (!dialog.open) dialog.showModal();
  };

  const typing = (at) => at.closest?.("input, textarea, select, [contenteditable], dialog[open]");
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || stored() !== null) return;
    if (event.key === "Escape" && event.target === field) { field.blur(); return; }
    if (typing(event.target)) return;
    const soon = Date.now() - going < 1500;
    going = 0;
    if (soon) {
      const link = document.querySelector(`.bar a[data-key="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); return; }
    }
    if (event.key === "/" && field) { event.preventDefault(); field.focus(); field.select(); }
    else if (event.key === "?" && more) { event.preventDefault(); show(); }
    else if (event.key === "g") going = Date.now();
  });
})();
