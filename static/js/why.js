// "Why?" beside a song shows the answer below its row; without this module, and in a new tab, it is a page of its own.

import { fetchPart, find } from "./dom.js";

const WIDTH = 6;

document.addEventListener("focusin", (event) => {
  const link = linkOf(event);
  if (link) link.ariaExpanded ??= "false";
});
document.addEventListener("click", (event) => {
  const link = linkOf(event);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = link.closest("tr")?.nextElementSibling;
  if (answer?.matches(".why-row")) toggle(link, /** @type {HTMLElement} */ (answer));
  else if (!link.ariaBusy) ask(link);
});

/** @param {Event} event */
function linkOf(event) {
  return event.target instanceof Element ? /** @type {HTMLAnchorElement | null} */ (event.target.closest(".song-source a")) : null;
}

/**
 * @param {HTMLAnchorElement} link
 * @param {HTMLElement} answer
 */
function toggle(link, answer) {
  answer.hidden = !answer.hidden;
  link.ariaExpanded = String(!answer.hidden);
}

/**
 * Fetch the answer and put it below the song; go to its page where that fails.
 *
 * @param {HTMLAnchorElement} link
 */
async function ask(link) {
  link.ariaBusy = "true";
  try {
    const response = await fetchPart(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const row = document.createElement("tr");
    Object.assign(row, { className: "why-row", hidden: true });
    Object.assign(row.insertCell(), { colSpan: WIDTH }).append(comingBack(find(".why", page)));
    link.closest("tr")?.after(row);
    toggle(link, row);
  } catch {
    location.assign(link.href);
  } finally {
    link.ariaBusy = null;
  }
}

/**
 * Have a correction lead back to this very list, sorted and filtered as it is.
 *
 * @param {HTMLElement} why
 */
function comingBack(why) {
  const correct = /** @type {HTMLAnchorElement} */ (find(".why-correct", why));
  const address = new URL(correct.href);
  address.searchParams.set("next", location.pathname + location.search);
  correct.href = address.href;
  return why;
}
