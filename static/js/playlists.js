// The page of a run that writes playlists: counts and bars as events come, the server's page at the end.

import { fill, find, grow, number, write } from "./dom.js";
import { listen, renew } from "./stream.js";

/**
 * @typedef {object} Written
 * @property {string | null} url
 * @property {number} added
 * @property {number} total
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
  const sum = (/** @type {"added" | "total"} */ key) => playlists.reduce((total, playlist) => total + playlist[key], 0);
  write(find("#run-said"), fill(page.dataset.said, { n: sum("added"), total: sum("total") }));
}

/**
 * @param {Written} playlist
 * @param {number} index
 */
function showPlaylist(playlist, index) {
  const row = page.querySelector(`[data-index="${index}"]`);
  if (!row) return;
  write(find("[data-part=added]", row), number(playlist.added));
  write(find("[data-part=problem]", row), playlist.problem ?? "");
  const verified = find("[data-part=verified]", row);
  if (playlist.verified !== null) write(verified, fill(verified.dataset.words, { n: playlist.verified }));
  const bar = row.querySelector(".bar");
  if (bar && playlist.total) grow(bar, playlist.added / playlist.total);
  const link = find("[data-part=link] a", row);
  if (playlist.url && link.hidden) {
    link.setAttribute("href", playlist.url);
    link.hidden = false;
  }
}
