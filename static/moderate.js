// Messages are decided about with one key each, without a page load for each. Without this file there are buttons.
(() => {
  "use strict";

  const form = document.getElementById("moderating");
  if (!form) return;
  const undo = document.getElementById("undo"), reason = form.querySelector("#reason"), said = form.querySelector(".said");
  const all = form.querySelector("[name=all]");
  const groups = () => [...form.querySelectorAll("[data-group]:not([hidden])")];
  const box = (group) => group.querySelector("[name=group]");
  const chosen = () => groups().filter((it) => box(it).checked);
  let selected = groups()[0], asked = [], owed = 0, last = Promise.resolve();

  const select = (group) => {
    selected = group;
    if (!group) return;
    group.focus({ preventScroll: true });
    group.scrollIntoView({ block: "nearest" });
  };

  // One after the other, so that the last one is the one that is undone.
  const send = (verdict, members) => {
    const body = new FormData();
    for (const name of ["csrf_token", "reason"]) body.set(name, form.elements[name].value);
    body.set("do", verdict);
    for (const it of members) body.append("group", it.dataset.group);
    owed += 1;
    last = last.then(async () => {
      let answer, told = {};
      try {
        answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" } });
        told = await answer.json();
      } catch {
        // No connection, or the page of a fault: said below.
      }
      owed -= 1;
      if (answer && answer.ok && told.said) {
        said.textContent = told.said;
        undo.hidden = false;
        undo.elements.decision.value = told.decision;
        undo.querySelector(".what").textContent = told.said.replace(/\.$/, "");
        if (!groups().length && !owed) location.assign(location.pathname);
      } else {
        for (const it of members) it.hidden = false;
        said.textContent = told.said || said.dataset.notSaved;
      }
    });
  };

  const decide = (verdict) => {
    const members = asked.length ? asked : chosen().length ? chosen() : selected && !selected.hidden ? [selected] : [];
    if (!members.length) return;
    if (verdict === "reject" && !reason.value.trim()) {
      asked = members;
      said.textContent = said.dataset.reason;
      reason.focus();
      return;
    }
    asked = [];
    all.checked = false;
    const here = groups(), from = here.indexOf(members[members.length - 1]);
    const next = [...here.slice(from + 1), ...here.slice(0, from)].find((it) => !members.includes(it));
    for (const it of members) {
      it.hidden = true;
      box(it).checked = false;
    }
    send(verdict, members);
    select(next);
  };

  const move = (by) => {
    const here = groups(), at = here.indexOf(selected);
    select(here[Math.min(here.length - 1, Math.max(0, at + by))]);
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    a: () => decide("approve"),
    h: () => decide("hide"),
    r: () => decide("reject"),
    x: () => { if (selected) box(selected).checked = !box(selected).checked; },
    X: () => { for (const it of groups()) box(it).checked = true; },
    // What was pressed before it must have arrived.
    u: () => last.then(() => { if (!undo.hidden) undo.submit(); }),
  };

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target === reason) {
      if (event.key === "Enter" && asked.length && reason.value.trim()) {
        event.preventDefault();
        decide("reject");
      }
      return;
    }
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    const group = event.target.closest("[data-group]");
    if (group) selected = group;
    act();
  });
  addEventListener("beforeunload", (event) => { if (owed) event.preventDefault(); });
  // The keys work where a message is: the first one is where this page begins.
  if (!document.querySelector("[autofocus]") && matchMedia("(min-width: 45rem)").matches) select(selected);
})();
