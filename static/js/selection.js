// What is picked, and what is left out of it, kept for the tab: it survives reload and moving between the library,
// a family and a genre.

const KEY = "genre-sorter.selection";

/**
 * @typedef {object} Selection
 * @property {string[]} select values of tick boxes: "family:<id>" or "genre:<name>"
 * @property {string[]} exclude the same of what is left out
 * @property {Record<string, string>} options the dock's choices by name
 */

/** @returns {Selection} */
export function load() {
  try {
    const { select = [], exclude = [], options = {} } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { select, exclude, options };
  } catch {
    return { select: [], exclude: [], options: {} };
  }
}

/** @param {Selection} selection */
export function save(selection) {
  sessionStorage.setItem(KEY, JSON.stringify(selection));
}

export function forget() {
  sessionStorage.removeItem(KEY);
}
