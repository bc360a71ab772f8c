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
    told.textContent = now.said;
    setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
}
