// What shall be scanned: the dock says what the ticked sources take.

import { fill, find, write } from "./dom.js";

const SECONDS_A_SONG = 0.01; // as the server estimates it

const form = find("#sources");
const needs = find("#needs");
const again = form.querySelector("input[name=everything]");
const boxes = () => /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=checkbox][name=source]"));

form.addEventListener("change", tell);
form.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const all = target?.closest("[data-select]")?.getAttribute("data-select");
  if (!all) return;
  for (const box of boxes()) if (box.value !== "liked") box.checked = all === "all";
  tell();
});
window.addEventListener("pageshow", tell);

function tell() {
  const ticked = [...boxes()].filter((box) => box.checked);
  if (!ticked.length) {
    write(needs, form.dataset.none ?? "");
    return;
  }
  const whole = again instanceof HTMLInputElement && again.checked;
  const songs = sum(ticked, (box) => Number(box.dataset.count));
  const listing = ticked.some((box) => box.value !== "liked") ? 1 : 0;
  const calls = listing + sum(ticked, (box) => (whole ? callsFor(box) : Number(box.dataset.calls)));
  const unknown = whole ? songs : sum(ticked, (box) => Number(box.dataset.songs));
  const seconds = Math.max(calls / Number(form.dataset.rate), unknown * SECONDS_A_SONG);
  const minutes = Math.round(seconds / 60);
  const time = seconds < 50 ? form.dataset.soon : fill(form.dataset.minutes, { n: minutes });
  const { song, songs: many, call, calls: several } = form.dataset;
  write(needs, `${counted(songs, song, many)}, ${counted(calls, call, several)}, ${time}`);
}

/**
 * @param {number} n
 * @param {string | undefined} one
 * @param {string | undefined} other
 */
function counted(n, one, other) {
  return fill(n === 1 ? one : other, { n });
}

/**
 * @param {HTMLInputElement} box
 * @returns {number} calls to read all of it
 */
function callsFor(box) {
  const count = Number(box.dataset.count);
  return box.value === "liked" ? 1 + Math.ceil(count / 50) : 1 + Math.ceil(Math.max(0, count - 100) / 50);
}

/**
 * @param {HTMLInputElement[]} list
 * @param {(box: HTMLInputElement) => number} value
 */
function sum(list, value) {
  return list.reduce((total, box) => total + value(box), 0);
}
