// Every page: times in the reader's zone, Copy buttons, dialogs where the browser lacks invoker commands, a focus that no dock
// covers and that goes on to the rows of "Show more", and a selection that ends with sign-out or with its playlists.

import { find, followFoot, localTimes } from "./dom.js";
import { forget } from "./selection.js";

localTimes(document);
followFoot();

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button?.dataset.copy) void copy(button, button.dataset.copy);
  if (button && !("command" in button)) openDialog(button);
});

document.addEventListener("submit", (event) => {
  const elsewhere = event.submitter?.hasAttribute("formaction"); // looking again needs the selection still
  if (event.target instanceof HTMLFormElement && "forget" in event.target.dataset && !elsewhere) forget();
});

// "Show more" goes when it is pressed; without this the focus would start again at the page's foot, past the new rows.
document.addEventListener("htmx:after:settle", (event) => {
  const row = event instanceof CustomEvent && event.detail.newContent.find(isRow);
  if (!row) return;
  row.tabIndex = -1;
  (row.querySelector("a:not([tabindex])") ?? row).focus({ preventScroll: true });
});

/** @param {unknown} added */
function isRow(added) {
  return added instanceof HTMLTableRowElement;
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} id of the element whose words are copied
 */
async function copy(button, id) {
  await navigator.clipboard.writeText(find(`#${id}`).textContent.trim());
  button.textContent = button.dataset.done ?? "";
}

/** @param {HTMLButtonElement} button */
function openDialog(button) {
  const dialog = document.getElementById(button.getAttribute("commandfor") ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}
