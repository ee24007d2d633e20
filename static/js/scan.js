// The scan page: fills in numbers and bars as events come; the server's page is the state before and after.

import { fill, find, grow, number, write } from "./dom.js";
import { listen, renew } from "./stream.js";

/**
 * @typedef {object} Progress
 * @property {string} status
 * @property {number} scanned
 * @property {number} total
 * @property {number} artistsResolved
 * @property {number} artistsTotal
 * @property {number} genresFound
 * @property {number | null} etaSeconds
 * @property {string[]} problems
 */

/**
 * @typedef {object} Found
 * @property {{id: string, count: number}[]} families
 * @property {number} withoutGenre
 */

const page = find("#scan");
const said = find("#scan-said");
const shown = page.dataset.status;
let quarter = -1;

listen(page.dataset.events ?? "", { progress: showProgress, genres: showGenres, done: renew });

/** @param {Progress} progress */
function showProgress(progress) {
  if (progress.status !== shown || progress.problems.length !== find("#scan-problems").childElementCount) {
    renew();
    return;
  }
  write(find("#stat-scanned"), number(progress.scanned));
  write(find("#stat-artists"), number(progress.artistsResolved));
  write(find("#stat-genres"), number(progress.genresFound));
  write(find("#stat-scanned-of"), fill(page.dataset.of, { n: progress.total }));
  write(find("#stat-artists-of"), fill(page.dataset.of, { n: progress.artistsTotal }));
  if (progress.etaSeconds !== null) write(find("#stat-left"), duration(progress.etaSeconds));
  announce(progress);
}

/** @param {Found} found */
function showGenres(found) {
  const largest = Math.max(1, ...found.families.map((family) => family.count));
  for (const { id, count } of found.families) {
    const row = page.querySelector(`[data-family="${CSS.escape(id)}"]`);
    if (!row) continue;
    write(find(".growth-count", row), number(count));
    const bar = row.querySelector(".bar");
    if (bar) grow(bar, count / largest);
  }
  write(find("#scan-without"), number(found.withoutGenre));
}

/**
 * Speak at the start and at each quarter, not at every event.
 *
 * @param {Progress} progress
 */
function announce({ scanned, total }) {
  const reached = total ? Math.floor((4 * scanned) / total) : 0;
  if (reached === quarter) return;
  quarter = reached;
  write(said, fill(page.dataset.said, { n: scanned, total }));
}

/**
 * @param {number} seconds
 * @returns {string}
 */
function duration(seconds) {
  return seconds < 50 ? (page.dataset.soon ?? "") : fill(page.dataset.minutes, { n: Math.round(seconds / 60) });
}
