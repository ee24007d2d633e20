// What plays: asked for once at first, at the song's expected end, and when the listener comes back to the page. The song moves on
// here meanwhile; nothing is asked while nobody can see it.

import { find, followFoot, grow, localTimes, write } from "./dom.js";

const TICK_MS = 1000;
const OLD_MS = 30_000;
const KNOWN_S = 2; // what the page came with is good for longer than that, or is asked for at once

let askedAt = performance.now();
let shownAt = askedAt;
let timer = 0;

document.addEventListener("visibilitychange", back);
window.addEventListener("focus", back);
setInterval(move, TICK_MS);
if (Number(line()?.dataset.again ?? 0) > KNOWN_S) plan();
else void look();

/** @returns {HTMLElement | null} */
function line() {
  return document.querySelector("#playing");
}

function back() {
  if (!document.hidden && performance.now() - askedAt >= OLD_MS) void look("&back=true");
  else plan();
}

/** @param {string} more of the query */
async function look(more = "") {
  clearTimeout(timer);
  const address = line()?.dataset.line;
  if (!address || document.hidden) return;
  askedAt = performance.now();
  const answer = await fetch(address + more).catch(() => null);
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
  localTimes(parsed);
  if (sameWords(old, parsed)) return update(old, parsed);
  const focused = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(parsed));
  followFoot();
  const next = parsed.querySelector(".playing-actions a, button");
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
  if (again === undefined || document.hidden) return;
  timer = window.setTimeout(() => void look(), Math.max(0, askedAt + 1000 * Number(again) - performance.now()));
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
