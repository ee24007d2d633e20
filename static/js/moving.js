// Moving a genre by dragging its line onto a family. It sends the form that the menu of the line leads to as well.

import { find } from "./dom.js";

const targets = /** @type {HTMLFormElement} */ (find("#targets"));

for (const line of document.querySelectorAll("li.genre")) {
  if (line instanceof HTMLElement) line.draggable = true;
}

document.addEventListener("dragstart", (event) => {
  const line = lineOf(event.target);
  if (!line || !event.dataTransfer) return;
  const genre = line.dataset.genre ?? "";
  event.dataTransfer.setData("text/plain", genre);
  event.dataTransfer.effectAllowed = "move";
  const what = targets.elements.namedItem("what");
  if (what instanceof HTMLInputElement) what.value = `genre:${genre}`;
  line.dataset.dragged = "";
  // A page that changes at the very start of a drag ends it in some browsers.
  setTimeout(() => { targets.hidden = false; });
});

document.addEventListener("dragend", (event) => {
  delete lineOf(event.target)?.dataset.dragged;
  targets.hidden = true;
});

targets.addEventListener("dragover", (event) => {
  mark(familyOf(event.target));
  if (familyOf(event.target)) event.preventDefault();
});

targets.addEventListener("dragleave", () => mark(null));

targets.addEventListener("drop", (event) => {
  const family = familyOf(event.target);
  if (!family) return;
  event.preventDefault();
  targets.requestSubmit(family);
});

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function lineOf(target) {
  return target instanceof Element ? target.closest("li.genre") : null;
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLButtonElement | null}
 */
function familyOf(target) {
  return target instanceof Element ? target.closest("button") : null;
}

/** @param {HTMLButtonElement | null} over */
function mark(over) {
  for (const family of targets.querySelectorAll("button")) family.toggleAttribute("data-over", family === over);
}
