// Keys that save a way to the mouse: "/" searches, "?" lists them, "g" and a letter goes. All they do, links do too.
(() => {
  "use strict";

  const OFF = "campaign.keys.off";
  const stored = () => { try { return localStorage.getItem(OFF); } catch { return null; } };
  const field = document.getElementById("seek");
  const list = document.getElementById("keys");

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

  const typing = (at) => at.closest?.("input, textarea, select, [contenteditable], dialog");
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
    else if (event.key === "?" && list) { event.preventDefault(); list.showModal(); }
    else if (event.key === "g") going = Date.now();
  });
})();
