// Opening a family: its card becomes the head of the page that follows. Both pages must ask for the transition, and only
// for this one, because a browser reports an error where just one of them does. Runs before the first paint.

const asking = new CSSStyleSheet();
asking.replaceSync("@view-transition { navigation: auto; }");

/** @type {HTMLElement | null} */
let card = null;

ask();
addEventListener("pagereveal", ({ viewTransition }) => {
  if (!viewTransition) stopAsking();
  // Cut short by another navigation is no error either.
  viewTransition?.ready.catch(() => {});
  viewTransition?.finished.then(stopAsking, stopAsking);
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a.band-link[href*='family=']") : null;
  card = link?.closest("li") ?? null;
  if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
  card.style.setProperty("view-transition-name", "family-head");
  ask();
});

function ask() {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  document.adoptedStyleSheets = [asking];
  // The first paint may follow at once: without this it does not know yet that the page asks.
  void getComputedStyle(document.documentElement).opacity;
}

function stopAsking() {
  document.adoptedStyleSheets = [];
  card?.style.removeProperty("view-transition-name");
}
