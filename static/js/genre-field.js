// A field for several genres with commas between them: completes the word after the last comma from the person's own
// genres. The ARIA combobox pattern: arrows choose, Enter takes what is chosen and otherwise sends the form, Esc closes.

import { fill, find } from "./dom.js";

const MOST_SHOWN = 8;

const input = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-genre-field]"));
if (input) complete(input);

/** @param {HTMLInputElement} input */
function complete(input) {
  const names = find("#own-genres");
  const genres = [...names.querySelectorAll("option")].map((option) => option.value);
  const { list, status } = attach(input);
  let active = -1;

  input.addEventListener("input", () => show(matching(genres, input.value)));
  input.addEventListener("blur", () => show([]));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" && list.hidden) show(matching(genres, input.value));
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") activate(active + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" && active >= 0) take(active);
    else if (event.key === "Escape" && !list.hidden) show([]);
    else return;
    event.preventDefault();
  });
  // Before the field loses the focus, which would close the list under the pointer.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target instanceof Element ? event.target.closest("li") : null;
    if (option) take([...list.children].indexOf(option));
  });

  /** @param {string[]} found */
  function show(found) {
    list.replaceChildren(...found.map(optionOf));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? fill(names.dataset.found, { n: found.length }) : "";
    activate(-1);
  }

  /** @param {number} number counted round; -1 stands for the field itself */
  function activate(number) {
    const count = list.children.length;
    active = number < -1 ? count - 1 : number >= count ? -1 : number;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === active));
    const chosen = list.children[active];
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} number */
  function take(number) {
    input.value = before(input.value) + (list.children[number]?.textContent ?? "");
    show([]);
    input.focus();
  }
}

/** @param {HTMLInputElement} input */
function attach(input) {
  const list = document.createElement("ul");
  Object.assign(list, { id: `${input.id}-list`, className: "completion", role: "listbox", hidden: true });
  list.setAttribute("aria-label", input.labels?.[0]?.textContent ?? "");
  const status = document.createElement("p");
  Object.assign(status, { className: "hidden-text", role: "status" });
  input.removeAttribute("list");
  input.role = "combobox";
  for (const [name, value] of [["autocomplete", "list"], ["expanded", "false"], ["controls", list.id]]) {
    input.setAttribute(`aria-${name}`, value ?? "");
  }
  input.after(list, status);
  return { list, status };
}

/**
 * @param {string} genre
 * @param {number} number
 * @returns {HTMLLIElement}
 */
function optionOf(genre, number) {
  const option = document.createElement("li");
  Object.assign(option, { id: `genre-option-${number}`, role: "option", textContent: genre });
  return option;
}

/**
 * @param {string[]} genres those on most songs first
 * @param {string} text
 * @returns {string[]} those that begin like the word after the last comma, then those with a later word that does
 */
function matching(genres, text) {
  const typed = text.slice(before(text).length).trim().toLowerCase();
  const taken = new Set(text.split(",").map((word) => word.trim().toLowerCase()));
  if (!typed) return [];
  const free = genres.filter((genre) => !taken.has(genre));
  const first = free.filter((genre) => genre.startsWith(typed));
  const later = free.filter((genre) => !genre.startsWith(typed) && ` ${genre.replaceAll("-", " ")}`.includes(` ${typed}`));
  return [...first, ...later].slice(0, MOST_SHOWN);
}

/**
 * @param {string} text
 * @returns {string} everything up to the word after the last comma
 */
function before(text) {
  const end = text.lastIndexOf(",") + 1;
  return end ? `${text.slice(0, end)} ` : "";
}
