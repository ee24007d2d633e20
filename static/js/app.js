// Every page: times in the reader's zone, Copy buttons, dialogs where the browser lacks invoker commands,
// and a selection that ends with sign-out or with the playlists it was made for.

import { find } from "./dom.js";
import { forget } from "./selection.js";

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const calendar = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short" });
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

for (const element of document.querySelectorAll("time[data-clock]")) {
  const at = new Date(element.getAttribute("datetime") ?? "");
  const day = element.getAttribute("data-clock") === "when" ? dayOf(at) : "";
  element.textContent = `${day} ${clock.format(at)}`.trim();
}

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
 * @param {Date} at
 * @returns {string} nothing for today, then "tomorrow", then the date
 */
function dayOf(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "";
  return days === 1 ? relative.format(1, "day") : calendar.format(at);
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
