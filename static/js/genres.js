// The library, a family and a genre: ticks that survive moving about, what is left out, their count in the dock, select
// all and none.

import { find } from "./dom.js";
import "./opening.js";
import { load, save } from "./selection.js";

/** @typedef {"select" | "exclude"} List */

/** @type {List[]} */
const LISTS = ["select", "exclude"];

const form = /** @type {HTMLFormElement} */ (find("#selection"));
const boxes = (/** @type {List} */ list) =>
  /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`input[type=checkbox][name=${list}]`));
const selects = () => form.querySelectorAll("select");
const ticks = () => /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(".dock .choice input"));

restore();
form.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLInputElement && target.checked) letGo(target);
  keep();
});
window.addEventListener("pageshow", (event) => event.persisted && restore());
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const all = target?.closest("[data-select]")?.getAttribute("data-select");
  if (all) tickAll(all === "all");
  const drop = target?.closest("button[data-drop]");
  if (drop instanceof HTMLButtonElement) leaveOutNoMore(drop);
});

function restore() {
  show();
  const { select, exclude } = load();
  // htmx, loaded before, starts in a task of its own; what is said before that is not heard.
  if (select.length || exclude.length) setTimeout(announce);
}

function show() {
  const kept = load();
  for (const list of LISTS) {
    const values = new Set(kept[list]);
    for (const box of boxes(list)) box.checked = values.delete(box.value);
    carry(list, values);
  }
  for (const choice of selects()) choice.value = kept.options[choice.name] ?? choice.value;
  for (const tick of ticks()) tick.checked = kept.options[tick.name] === "true";
}

/** Keep what is ticked here together with what was ticked on other pages. */
function keep() {
  const chosen = [...selects()].map((choice) => [choice.name, choice.value]);
  const options = Object.fromEntries([...chosen, ...[...ticks()].map((tick) => [tick.name, String(tick.checked)])]);
  save({
    select: ticked("select"),
    exclude: ticked("exclude"),
    options: { ...load().options, ...options },
  });
  announce();
}

/** @param {List} list */
function ticked(list) {
  const here = new Set([...boxes(list)].map((box) => box.value));
  const elsewhere = load()[list].filter((value) => !here.has(value));
  return [...elsewhere, ...[...boxes(list)].filter((box) => box.checked).map((box) => box.value)];
}

/**
 * What is picked is not left out, and the other way round.
 *
 * @param {HTMLInputElement} box that was ticked
 */
function letGo(box) {
  for (const list of LISTS) {
    if (list !== box.name) for (const other of boxes(list)) if (other.value === box.value) other.checked = false;
  }
}

/**
 * Send along what is ticked on other pages.
 *
 * @param {List} list
 * @param {Iterable<string>} values
 */
function carry(list, values) {
  for (const old of form.querySelectorAll(`input[type=hidden][name=${list}]`)) old.remove();
  for (const value of values) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: list, value });
    form.append(input);
  }
}

/** @param {boolean} checked */
function tickAll(checked) {
  if (!checked) {
    save({ ...load(), select: [], exclude: [] });
    show();
  }
  for (const box of checked ? boxes("select") : []) {
    box.checked = true;
    letGo(box);
  }
  keep();
}

/** @param {HTMLButtonElement} drop names what is no longer left out; the focus moves to what stands beside it */
function leaveOutNoMore(drop) {
  const kept = load();
  save({ ...kept, exclude: kept.exclude.filter((value) => value !== drop.dataset.drop) });
  show();
  const beside = [drop.nextElementSibling, drop.previousElementSibling].find((each) => each instanceof HTMLButtonElement);
  (beside ?? find(".dock [type=submit]")).focus();
  drop.remove();
  announce();
}

function announce() {
  form.dispatchEvent(new CustomEvent("selection"));
}
