// For people at risk. Everything here also works without it: the link leaves, and the form asks once.
(() => {
  "use strict";

  const country = document.getElementById("country");
  if (country && country.dataset.atRisk) {
    const choices = document.getElementsByName("disclosure");
    const note = document.getElementById("at-risk-chosen");
    const noOne = [...choices].find((it) => it.value === "withheld");
    // Once they choose for themselves, the choice is theirs and the note is no longer true.
    for (const choice of choices) choice.addEventListener("change", () => { note.hidden = true; });
    country.addEventListener("change", () => {
      // Only where nothing was chosen yet: a choice is never changed under anyone's hand.
      const atRisk = country.dataset.atRisk.split(" ").includes(country.value);
      // What was typed here is not offered to whoever types next on this device.
      for (const field of country.form.querySelectorAll("[autocomplete]")) {
        field.dataset.filled ??= field.autocomplete;
        field.autocomplete = atRisk ? "off" : field.dataset.filled;
      }
      if (atRisk && ![...choices].some((it) => it.checked)) {
        noOne.checked = true;
        note.hidden = false;
      } else if (!atRisk && !note.hidden) {
        noOne.checked = false;
        note.hidden = true;
      }
    });
  }
})();
