// The page on which playlists are read: numbers and the bar as events come, the server's page at the end.

import { fill, find, grow, write } from "./dom.js";
import { listen, renew } from "./stream.js";

/**
 * @typedef {object} Reading
 * @property {string} status
 * @property {number} missing
 * @property {number} callsNeeded
 */

const page = find("#contents");
const total = Number(page.dataset.total);
let quarter = -1;

listen(page.dataset.events ?? "", { progress: show, done: renew });

/** @param {Reading} reading */
function show({ status, missing, callsNeeded }) {
  if (status !== page.dataset.status) {
    renew();
    return;
  }
  const read = Math.max(0, total - missing);
  const words = fill(page.dataset.read, { n: read, total });
  write(find("#contents-read"), words);
  write(find("#contents-calls"), fill(page.dataset.calls, { n: callsNeeded }));
  grow(/** @type {Element} */ (page.querySelector("#contents-bar")), read / total);
  // Speak at the start and at each quarter, not at every event.
  const reached = Math.floor((4 * read) / total);
  if (reached !== quarter) write(find("#contents-said"), words);
  quarter = reached;
}
