// The page of a run that writes playlists: counts and bars as events come, the server's page at the end.

import { fill, find, grow, number, write } from "./dom.js";
import { listen, renew } from "./stream.js";

/**
 * @typedef {object} Written
 * @property {string | null} url
 * @property {number} added
 * @property {number} total
 * @property {number} removed
 * @property {number} toRemove
 * @property {number | null} verified
 * @property {string | null} problem
 */

const page = find("#run");
const shown = page.dataset.status;

listen(page.dataset.events ?? "", { progress: showProgress, done: renew });

/** @param {{status: string, playlists: Written[]}} progress */
function showProgress({ status, playlists }) {
  if (status !== shown) {
    renew();
    return;
  }
  playlists.forEach(showPlaylist);
  const sum = (/** @type {(playlist: Written) => number} */ count) => playlists.reduce((total, one) => total + count(one), 0);
  write(find("#run-said"), fill(page.dataset.said, { n: sum(done), total: sum(whole) }));
}

/** @param {Written} playlist */
function done({ added, removed }) {
  return added + removed;
}

/** @param {Written} playlist */
function whole({ total, toRemove }) {
  return total + toRemove;
}

/**
 * @param {Written} playlist
 * @param {number} index
 */
function showPlaylist(playlist, index) {
  const row = page.querySelector(`[data-index="${index}"]`);
  if (!row) return;
  for (const part of row.querySelectorAll("[data-part=added]")) write(part, number(playlist.added));
  for (const part of row.querySelectorAll("[data-part=removed]")) write(part, number(playlist.removed));
  write(find("[data-part=problem]", row), playlist.problem ?? "");
  const verified = row.querySelector("[data-part=verified]");
  if (verified instanceof HTMLElement && playlist.verified !== null) {
    write(verified, fill(verified.dataset.words, { n: playlist.verified }));
  }
  const bar = row.querySelector(".bar");
  if (bar && whole(playlist)) grow(bar, done(playlist) / whole(playlist));
  const link = row.querySelector("[data-part=link] a");
  if (link instanceof HTMLElement && playlist.url && link.hidden) {
    link.setAttribute("href", playlist.url);
    link.hidden = false;
  }
}
