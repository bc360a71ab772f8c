// A link of a mail opens what one person signed: it does not stay in the list of pages behind "back". Whoever steps back
// comes to the list of actions, also where the browser has kept the page: it is kept empty. Without this the address stays.
(() => {
  "use strict";

  history.replaceState(null, "", document.querySelector("meta[name=instead]").content);
  addEventListener("pagehide", () => document.body.replaceChildren());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
