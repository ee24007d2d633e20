// What is picked, kept for the tab: it survives reload and moving between the library, a family and a genre.

const KEY = "genre-sorter.selection";

/**
 * @typedef {object} Selection
 * @property {string[]} select values of tick boxes: "family:<id>" or "genre:<name>"
 * @property {Record<string, string>} options the dock's choices by name
 */

/** @returns {Selection} */
export function load() {
  try {
    const { select = [], options = {} } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { select, options };
  } catch {
    return { select: [], options: {} };
  }
}

/** @param {Selection} selection */
export function save(selection) {
  sessionStorage.setItem(KEY, JSON.stringify(selection));
}

export function forget() {
  sessionStorage.removeItem(KEY);
}
