// Asks this device for a passkey, or for a new one, and sends what it answers. Without a script a browser cannot.
(() => {
  "use strict";

  const form = document.getElementById("passkey");
  if (!form) return;
  const said = form.querySelector("[role=status]"), again = form.querySelector("button");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (it) => it.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (all) => (all || []).map((it) => ({ ...it, id: bytes(it.id) }));

  const options = () => {
    const given = JSON.parse(form.dataset.options);
    given.challenge = bytes(given.challenge);
    if (given.user) given.user.id = bytes(given.user.id);
    if (given.excludeCredentials) given.excludeCredentials = known(given.excludeCredentials);
    if (given.allowCredentials) given.allowCredentials = known(given.allowCredentials);
    return { publicKey: given };
  };

  const answer = (made) => {
    const parts = {};
    for (const name of ["attestationObject", "clientDataJSON", "authenticatorData", "signature", "userHandle"])
      if (made.response[name]) parts[name] = text(made.response[name]);
    if (made.response.getTransports) parts.transports = made.response.getTransports();
    return JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, response: parts,
      extensions: JSON.stringify(made.getClientExtensionResults()),
    });
  };

  const ask = async () => {
    again.hidden = true;
    if (!navigator.credentials || !window.PublicKeyCredential) {
      said.textContent = form.dataset.unsupported;
      return;
    }
    try {
      said.textContent = form.dataset.follow;
      const made = form.dataset.passkey === "new" ? navigator.credentials.create(options())
        : navigator.credentials.get(options());
      form.elements.credential.value = answer(await made);
      form.submit();
    } catch {
      said.textContent = form.dataset.failed;
      again.hidden = false;
    }
  };
  again.addEventListener("click", ask);
  ask();
})();
