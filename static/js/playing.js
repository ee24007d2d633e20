// What plays: asked for once at first, at the song's expected end, and when the listener comes back to the page. The song moves on
// here meanwhile; nothing is asked while nobody can see it.

import { find, grow, write } from "./dom.js";

const TICK_MS = 1000;

let shownAt = performance.now();
let timer = 0;

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : void look(true)));
window.addEventListener("focus", () => void look(true));
setInterval(move, TICK_MS);
void look();

/** @returns {HTMLElement | null} */
function line() {
  return document.querySelector("#playing");
}

/** @param {boolean} back whether the listener has just come back, so that an answer may be too old */
async function look(back = false) {
  clearTimeout(timer);
  const address = line()?.dataset.line;
  if (!address || document.hidden) return;
  const answer = await fetch(back ? `${address}&back=true` : address).catch(() => null);
  if (answer?.ok) show(await answer.text());
  plan();
}

/** @param {string} html */
function show(html) {
  const old = line();
  const parsed = new DOMParser().parseFromString(html, "text/html").querySelector("#playing");
  if (!old) return;
  if (!(parsed instanceof HTMLElement)) return old.remove(); // switched off in another tab
  shownAt = performance.now();
  if (sameWords(old, parsed)) return update(old, parsed);
  const focused = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(parsed));
  const next = parsed.querySelector("a:not([tabindex]), button");
  if (focused && next instanceof HTMLElement) next.focus();
}

/**
 * Whether there is nothing to see of a new answer but how far the song is; then the cover need not blink.
 *
 * @param {HTMLElement} old
 * @param {HTMLElement} renewed
 */
function sameWords(old, renewed) {
  return old.dataset.song === renewed.dataset.song && wordsOf(old) === wordsOf(renewed);
}

/** @param {HTMLElement} element */
function wordsOf(element) {
  return find(".playing-words", element).textContent;
}

/**
 * @param {HTMLElement} old
 * @param {HTMLElement} renewed
 */
function update(old, renewed) {
  for (const name of ["progress", "playing", "again"]) {
    const value = renewed.dataset[name];
    if (value === undefined) delete old.dataset[name];
    else old.dataset[name] = value;
  }
}

/** Ask again when the server says that it is worth it, if it does. */
function plan() {
  const again = line()?.dataset.again;
  clearTimeout(timer);
  if (again !== undefined && !document.hidden) timer = window.setTimeout(() => void look(), 1000 * Number(again));
}

/** Let the song go on. */
function move() {
  const playing = line();
  const length = Number(playing?.dataset.length ?? 0);
  if (!playing || document.hidden || !length || playing.dataset.playing === undefined) return;
  const at = Math.min(length, Number(playing.dataset.progress) + performance.now() - shownAt);
  const bar = playing.querySelector(".bar");
  if (bar) grow(bar, at / length);
  write(find(".playing-at", playing), clock(at));
}

/**
 * @param {number} ms
 * @returns {string} 242000 as 4:02
 */
function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
