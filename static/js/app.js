// Every page: times in the reader's zone, Copy buttons, dialogs where the browser lacks invoker commands, a dock that never
// covers what has the focus, and a selection that ends with sign-out or with the playlists it was made for.

import { find, localTimes } from "./dom.js";
import { forget } from "./selection.js";

localTimes(document);

const dock = document.querySelector(".dock");
if (dock instanceof HTMLElement) new ResizeObserver(() => keepClear(dock)).observe(dock);

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button?.dataset.copy) void copy(button, button.dataset.copy);
  if (button && !("command" in button)) openDialog(button);
});

document.addEventListener("submit", (event) => {
  const elsewhere = event.submitter?.hasAttribute("formaction"); // looking again needs the selection still
  if (event.target instanceof HTMLFormElement && "forget" in event.target.dataset && !elsewhere) forget();
});

/**
 * @param {HTMLButtonElement} button
 * @param {string} id of the element whose words are copied
 */
async function copy(button, id) {
  await navigator.clipboard.writeText(find(`#${id}`).textContent.trim());
  button.textContent = button.dataset.done ?? "";
}

/** @param {HTMLElement} dock grows while things are picked, also over what was ticked just now */
function keepClear(dock) {
  document.documentElement.style.scrollPaddingBlockEnd = `${dock.offsetHeight + 16}px`;
  const focused = document.activeElement;
  if (focused !== document.body && !dock.contains(focused)) focused?.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLButtonElement} button */
function openDialog(button) {
  const dialog = document.getElementById(button.getAttribute("commandfor") ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}
