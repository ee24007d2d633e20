// The library, a family and a genre: ticks that survive moving about, their count in the dock, select all and none.

import { find } from "./dom.js";
import "./opening.js";
import { load, save } from "./selection.js";

const form = /** @type {HTMLFormElement} */ (find("#selection"));
const boxes = () => /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=checkbox][name=select]"));
const selects = () => form.querySelectorAll("select");
const inferred = () => /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=inferred]"));

restore();
form.addEventListener("change", keep);
window.addEventListener("pageshow", (event) => event.persisted && restore());
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const all = target?.closest("[data-select]")?.getAttribute("data-select");
  if (all) tickAll(all === "all");
});

function restore() {
  const { select, options } = load();
  const picked = new Set(select);
  for (const box of boxes()) box.checked = picked.delete(box.value);
  for (const choice of selects()) choice.value = options[choice.name] ?? choice.value;
  const tick = inferred();
  if (tick) tick.checked = options["inferred"] === "true";
  carry(picked);
  // htmx, loaded before, starts in a task of its own; what is said before that is not heard.
  if (select.length) setTimeout(announce);
}

/** Keep what is ticked here together with what was ticked on other pages. */
function keep() {
  const here = new Set([...boxes()].map((box) => box.value));
  const elsewhere = load().select.filter((value) => !here.has(value));
  const ticked = [...boxes()].filter((box) => box.checked).map((box) => box.value);
  const options = Object.fromEntries([...selects()].map((choice) => [choice.name, choice.value]));
  save({ select: [...elsewhere, ...ticked], options: { ...options, inferred: String(inferred()?.checked ?? false) } });
  announce();
}

/**
 * Send along what is ticked on other pages.
 *
 * @param {Iterable<string>} values
 */
function carry(values) {
  for (const old of form.querySelectorAll("input[type=hidden][name=select]")) old.remove();
  for (const value of values) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "select", value });
    form.append(input);
  }
}

/** @param {boolean} checked */
function tickAll(checked) {
  for (const box of boxes()) box.checked = checked;
  if (!checked) {
    save({ ...load(), select: [] });
    carry([]);
  }
  keep();
}

function announce() {
  form.dispatchEvent(new CustomEvent("selection"));
}
