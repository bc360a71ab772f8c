// Checks a file against the SHA-256 sums on this page, without sending it anywhere. Without this file, or where the
// browser has no cryptography (an address without https), the form sends it instead.
(() => {
  "use strict";

  const form = document.getElementById("check");
  if (!form || !window.crypto || !crypto.subtle) return;

  const input = form.querySelector("input[type=file]");
  const hint = document.getElementById("file-hint");
  const button = form.querySelector("button");
  const findings = document.getElementById("findings");

  hint.dataset.sent = hint.textContent;
  hint.textContent = hint.dataset.local;
  button.hidden = true;

  const hexadecimal = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // The codes that a file claims in its comments. Read in pieces that overlap: a large file must not become one string.
  const claimed = (bytes) => {
    const decoder = new TextDecoder("latin1"), codes = new Set(), step = 1 << 20;
    for (let at = 0; at < bytes.length; at += step) {
      const text = decoder.decode(bytes.subarray(at, at + step + 64));
      for (const [, code] of text.matchAll(/%dossier ([0-9A-Z]{4}-[0-9A-Z]{4})/g)) codes.add(code);
    }
    return codes;
  };

  const say = (verdict, fill) => {
    for (const note of document.querySelectorAll("[data-verdict]")) note.hidden = true;
    const note = findings.querySelector(`[data-verdict=${verdict}]`);
    if (fill) fill(note);
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
  };

  const check = async (file) => {
    const content = await file.arrayBuffer();
    const sum = hexadecimal(await crypto.subtle.digest("SHA-256", content));
    const volume = document.querySelector(`[data-sha256="${sum}"]`);
    if (volume) {
      say("genuine", (note) => { note.querySelector("[data-file]").textContent = volume.dataset.name; });
      return;
    }
    const codes = claimed(new Uint8Array(content));
    if (codes.has(form.dataset.code)) {
      say("altered");
    } else if (codes.size) {
      const [code] = codes;
      say("other", (note) => {
        const link = note.querySelector("[data-other]");
        link.href = form.dataset.page.replace("CODE", code);
        link.querySelector("bdi").textContent = code;
      });
    } else {
      say("not_ours");
      // What was cut off or packed anew may still show its code to who reads the pages: that is more than is done here.
      hint.textContent = hint.dataset.sent;
      button.hidden = false;
    }
  };

  input.addEventListener("change", () => { if (input.files.length) check(input.files[0]); });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) {
      input.files = event.dataTransfer.files;
      check(file);
    }
  });
})();
