// Leaving quickly, for people at risk. Without this the link still leaves; with it this page does not stay one step back.
(() => {
  "use strict";

  const leave = () => {
    const link = document.getElementById("leave");
    if (!link) return;
    // The page is emptied first: on a slow line the next one may take a while.
    document.title = "…";
    document.body.replaceChildren();
    location.replace(link.href); // takes this page's place, so that "back" does not lead here
  };
  // Of the document, not of the link: a page behind the link of a mail asks for this before its link is there.
  document.addEventListener("click", (event) => {
    if (event.target.closest("#leave")) { event.preventDefault(); leave(); }
  });

  let presses = 0, last = 0;
  document.addEventListener("keydown", (event) => {
    presses = event.key === "Escape" && event.timeStamp - last < 2000 ? presses + 1 : Number(event.key === "Escape");
    last = event.timeStamp;
    if (presses === 3) leave();
  });
  const keys = document.getElementById("leave-keys");
  if (keys) keys.hidden = false; // true only now
})();
