// Keys for the lists: j and k step from row to row, x ticks one, Esc closes, / searches, Ctrl+Z undoes, ? lists all this.
// Enter stays the browser's: the focus stands on what opens a row. Nothing works while somebody types or a dialog is open.

const ROWS = "main :is(.pick, li.band, .genre, .preview-list, .sleeve, .rules > li, tbody > tr, .more:has(a))";
const OPENS = ["summary", "a[href]:not([tabindex='-1'])", "input[type=checkbox], button"];
const TYPED = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";
const PICKS = "input[name=select], .sleeve input";

/** @type {Record<string, () => boolean>} what each key does; false when there is nothing to do */
const KEYS = { "/": search, j: () => step(1), k: () => step(-1), x: tick, Escape: close, "?": list };

/** @type {Element | null} the row that was stepped to last */
let last = null;
/** @type {HTMLElement | null} where the focus was before the search */
let before = null;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog:modal")) return;
  if (actionOf(event)?.()) event.preventDefault();
});

/**
 * @param {KeyboardEvent} event
 * @returns {(() => boolean) | undefined}
 */
function actionOf({ key, target, altKey, ctrlKey, metaKey, shiftKey, repeat }) {
  const typing = target instanceof Element && target.closest(TYPED);
  if (altKey || (repeat && !"jk".includes(key))) return undefined;
  if (typing) return key === "Escape" && target === searchField() ? leaveSearch : undefined;
  if (ctrlKey || metaKey) return key === "z" && !shiftKey ? undo : undefined;
  return KEYS[key];
}

/** @returns {HTMLInputElement | null} */
function searchField() {
  return document.querySelector("main [role=search] input[type=search]");
}

/** @returns {HTMLElement | null} */
function focused() {
  return document.activeElement instanceof HTMLElement ? document.activeElement : null;
}

function search() {
  const field = searchField();
  before = focused();
  field?.focus();
  field?.select();
  if (!field) location.assign("/genres#field-q");
  return true;
}

function leaveSearch() {
  searchField()?.blur();
  before?.focus();
  return false; // the browser empties the field
}

/** @param {1 | -1} by */
function step(by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
  const row = rows[Math.min(Math.max(next(rows, by), 0), rows.length - 1)];
  if (!(row instanceof HTMLElement)) return false;
  last = row;
  focus(row);
  return true;
}

/**
 * @param {Element[]} rows
 * @param {1 | -1} by
 * @returns {number} beside the row that has the focus, or had it last; else the first in sight
 */
function next(rows, by) {
  const at = rows.indexOf(focused()?.closest(ROWS) ?? last ?? document.body);
  if (at >= 0) return at + by;
  return rows.findIndex((row) => row.getBoundingClientRect().top >= 0);
}

/** @param {HTMLElement} row */
function focus(row) {
  const opens = OPENS.map((kind) => row.querySelector(kind)).find((found) => found instanceof HTMLElement) ?? row;
  if (opens === row) row.tabIndex = -1;
  opens.focus({ preventScroll: true });
  opens.scrollIntoView({ block: "nearest" });
}

function tick() {
  const row = focused()?.closest(ROWS);
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (row?.querySelectorAll(PICKS) ?? []);
  const own = [...boxes].find((box) => box.closest(ROWS) === row);
  own?.click();
  return own !== undefined;
}

function close() {
  const opened = focused()?.closest("details[open]");
  const opener = opened?.querySelector("summary") ?? openerOf(focused()?.closest("tr"));
  const field = searchField();
  if (opener) {
    opener.click();
    opener.focus();
  } else if (field?.defaultValue) {
    field.value = "";
    field.form?.requestSubmit();
  }
  return Boolean(opener || field?.defaultValue);
}

/**
 * @param {Element | null | undefined} row of a table, or what it has opened below itself
 * @returns {HTMLElement | null | undefined}
 */
function openerOf(row) {
  const owner = row?.matches(".why-row") ? row.previousElementSibling : row;
  return owner?.querySelector("[aria-expanded=true]");
}

function undo() {
  const form = document.querySelector(".notice form[action$='/undo']");
  if (form instanceof HTMLFormElement) form.requestSubmit();
  return form !== null;
}

function list() {
  location.assign("/shortcuts");
  return true;
}
