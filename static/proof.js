// While a form is being flooded, the browser does a sum before it sends: it counts up until a hash begins as the
// server asked. Nothing is measured and nothing is told but the number. Without this file the server says what to do.
(() => {
  "use strict";
  const form = document.querySelector("form[data-proof]");
  if (!form || !window.crypto || !crypto.subtle) return;
  const field = form.elements.namedItem("proof"), note = document.getElementById("proof-note");
  const AT_ONCE = 256;
  let working = false;

  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (it) => parseInt(it, 16));

  async function solve(challenge) {
    const { salt, nonce, keyPrefix } = challenge.parameters;
    const start = bytes(salt + nonce), prefix = bytes(keyPrefix);
    const hash = async (number) => {
      const all = new Uint8Array(start.length + 4);
      all.set(start);
      new DataView(all.buffer).setUint32(start.length, number);
      return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    };
    for (let number = 0; number < 1e6; number += AT_ONCE) {
      const found = await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => hash(number + more)));
      for (let more = 0; more < AT_ONCE; more += 1) {
        if (prefix.every((byte, at) => found[more][at] === byte)) {
          const derivedKey = Array.from(found[more], (it) => it.toString(16).padStart(2, "0")).join("");
          return { challenge, solution: { counter: number + more, derivedKey } };
        }
      }
    }
    throw new Error("no number found");
  }

  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    if (working) return;
    working = true;
    note.hidden = false;
    try {
      const answer = await fetch(form.dataset.proof, { credentials: "omit", cache: "no-store" });
      if (answer.ok) field.value = btoa(JSON.stringify(await solve(await answer.json())));
    } catch { /* the server says what to do without it */ }
    working = false;
    form.submit();
  });
  // "Back" shows the form as it was left: a sum that was used is good for nothing.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { field.value = ""; note.hidden = true; } });
})();
