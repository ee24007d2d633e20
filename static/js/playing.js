// What plays: asked for once at first, at the song's expected end, and when the listener comes back to the page. The song moves on
// here meanwhile; nothing is asked while nobody can see it. Time is the wall clock's: timers stand still while a device sleeps.

import { fetchPart, find, followFoot, grow, localTimes, write } from "./dom.js";

const TICK_MS = 1000;
const OLD_MS = 30_000; // an answer that old is asked for again when the listener comes back; as long after a fault
const PATIENCE_MS = 10_000; // an answer that was under way when a device fell asleep may never come
const KNOWN_S = 2; // what the page came with is good for longer than that, or is asked for at once

let askedAt = Date.now();
let shownAt = askedAt;
let asking = false;
let failed = false;

document.addEventListener("visibilitychange", back);
window.addEventListener("focus", back);
setInterval(tick, TICK_MS);
if (Number(line()?.dataset.again ?? 0) <= KNOWN_S) void look();

/** @returns {HTMLElement | null} */
function line() {
  return document.querySelector("#playing");
}

/** @param {number} since */
function passed(since) {
  return Math.abs(Date.now() - since); // a clock that was set back makes what is known old, too
}

function back() {
  const age = 1000 * Number(line()?.dataset.age ?? 0); // when it was shown
  if (age + passed(shownAt) >= OLD_MS) void look("&back=true");
}

/** Let the song go on, and ask again when the server says that it is worth it, if it does. */
function tick() {
  const playing = line();
  if (!playing || document.hidden) return;
  const { again } = playing.dataset;
  if (failed ? passed(askedAt) >= OLD_MS : again !== undefined && passed(askedAt) >= 1000 * Number(again)) void look();
  move(playing);
}

/** @param {string} more of the query */
async function look(more = "") {
  const address = line()?.dataset.line;
  if (!address || document.hidden || asking) return;
  asking = true;
  askedAt = Date.now();
  const answer = await fetchPart(address + more, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => null) : null;
  asking = false;
  failed = html === null;
  if (html !== null) show(html);
  else if (answer?.status === 401) line()?.remove(); // signed out in another tab
}

/** @param {string} html */
function show(html) {
  const old = line();
  const parsed = new DOMParser().parseFromString(html, "text/html").querySelector("#playing");
  if (!old) return;
  if (!(parsed instanceof HTMLElement)) return old.remove(); // switched off in another tab
  shownAt = Date.now();
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
  for (const name of ["progress", "playing", "age", "again"]) {
    const value = renewed.dataset[name];
    if (value === undefined) delete old.dataset[name];
    else old.dataset[name] = value;
  }
}

/** @param {HTMLElement} playing */
function move(playing) {
  const length = Number(playing.dataset.length ?? 0);
  if (!length || playing.dataset.playing === undefined) return;
  const at = Math.min(length, Number(playing.dataset.progress) + passed(shownAt));
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
