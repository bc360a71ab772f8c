// Tells how far a dossier's printing is, without reloading; without script a link looks again.
"use strict";
for (const place of document.querySelectorAll("[data-progress]")) {
  const bar = place.querySelector("progress"), told = place.querySelector("[data-told]");
  if (!bar) continue;
  const look = async () => {
    const answer = await fetch(place.dataset.progress).catch(() => null);
    if (!answer || !answer.ok) return setTimeout(look, 5000);
    const now = await answer.json();
    if (now.status !== "waiting" && now.status !== "building") return location.reload();
    if (now.total) {
      bar.max = now.total;
      bar.value = now.done;
    }
    const left = now.left === null ? "" : `, ${Math.ceil(now.left / 60)} min left`;
    const pace = now.pace ? `, ${now.pace.toLocaleString("en")} names a second` : "";
    const waits = { waiting: "Waiting for its turn", freezing: "Collecting signatures" };
    told.textContent = now.status === "waiting" ? waits[now.phase] || "Waiting to print"
      : `${{ setting: "Setting names", binding: "Binding volumes", packing: "Packing" }[now.phase] || "Printing"}: ${now.done.toLocaleString("en")} of ${now.total.toLocaleString("en")}${pace}${left}`;
    setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
}
