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

  // The codes that a file claims in its comments and in the data of its pages, which programs that save it anew may
  // pack. Read in pieces that overlap: a large file must not become one string.
  const decoder = new TextDecoder("latin1");
  const inflated = async (bytes) => {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };
  const claimed = async (bytes, packed = true) => {
    const codes = new Set(), step = 1 << 20;
    for (let at = 0; at < bytes.length; at += step) {
      const text = decoder.decode(bytes.subarray(at, at + step + 1024));
      for (const [, code] of text.matchAll(/%dossier ([0-9A-Z]{4}-[0-9A-Z]{4})/g)) codes.add(code);
      if (!packed || !window.DecompressionStream) continue;
      for (const found of text.matchAll(/<<([^<>]*\/ObjStm[^<>]*)>>\s*stream\r?\n/g)) {
        const begins = at + found.index + found[0].length, length = /\/Length (\d+)/.exec(found[1]);
        if (!length || !found[1].includes("/FlateDecode")) continue;
        const objects = await inflated(bytes.subarray(begins, begins + Number(length[1]))).catch(() => null);
        if (objects) for (const code of await claimed(objects, false)) codes.add(code);
      }
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

  // A proof of one entry, as RFC 6962 has it: a leaf, and the hashes beside the way from it to the root.
  const FORM = "campaign-proof-1";
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  const proofIn = (content) => {
    if (content.byteLength > 4096) return null;
    try {
      const told = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
      return told && told.proof === FORM && Number.isInteger(told.number) && Number.isInteger(told.size) ? told : null;
    } catch { return null; }
  };
  const rootOf = async (proof) => {
    const leaf = [FORM, proof.dossier, proof.kind, proof.number, proof.text, proof.country, proof.salt].join("\n");
    let hash = await sha256(new Uint8Array([0]), new TextEncoder().encode(leaf));
    const path = Uint8Array.from(atob(proof.path), (char) => char.charCodeAt(0));
    let index = proof.number - 1, last = proof.size - 1, at = 0;
    if (index < 0 || index > last || path.length % 32) return null;
    for (; last > 0; index = Math.floor(index / 2), last = Math.floor(last / 2)) {
      if (index % 2 === 0 && index >= last) continue;
      if (at >= path.length) return null;
      const beside = path.subarray(at, at += 32);
      hash = await (index % 2 ? sha256(new Uint8Array([1]), beside, hash) : sha256(new Uint8Array([1]), hash, beside));
    }
    return at === path.length ? hexadecimal(hash) : null;
  };
  const another = (code) => say("other", (note) => {
    const link = note.querySelector("[data-other]");
    link.href = form.dataset.page.replace("CODE", encodeURIComponent(code));
    link.querySelector("bdi").textContent = code;
  });
  const checkProof = async (proof) => {
    if (proof.dossier !== form.dataset.code) return another(String(proof.dossier).slice(0, 9));
    const root = await rootOf(proof).catch(() => null);
    const leads = root !== null && root === form.dataset.root && String(proof.size) === form.dataset.size;
    say(leads ? "proven" : "not_proven", (note) => {
      const entry = note.querySelector("[data-entry]");
      if (entry) entry.textContent = [proof.number, proof.text].filter(Boolean).join(" · ");
    });
  };

  const check = async (file) => {
    const content = await file.arrayBuffer();
    const proof = proofIn(content);
    if (proof) return checkProof(proof);
    const sum = hexadecimal(await crypto.subtle.digest("SHA-256", content));
    const volume = document.querySelector(`[data-sha256="${sum}"]`);
    if (volume) {
      say("genuine", (note) => { note.querySelector("[data-file]").textContent = volume.dataset.name; });
      return;
    }
    const codes = await claimed(new Uint8Array(content));
    if (codes.has(form.dataset.code)) {
      say("altered");
    } else if (codes.size) {
      const [code] = codes;
      another(code);
    } else if (!decoder.decode(content.slice(0, 1024)).includes("%PDF-")) {
      say("not_ours");
    } else {
      // What was printed to a new file may still show its code to who reads the pages: that is more than is done here.
      say("unsaid");
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
