// What the modules share: finding what a template promises to have, and numbers, times and sentences as the page's language writes them.

const numbers = new Intl.NumberFormat(document.documentElement.lang);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short" });
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

/**
 * @param {string} selector
 * @param {ParentNode} within
 * @returns {HTMLElement}
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return element;
}

/**
 * Ask for a part of a page: like those that htmx asks for it is written in the language that the viewer has chosen.
 *
 * @param {string} address
 * @param {RequestInit} options
 */
export function fetchPart(address, options = {}) {
  return fetch(address, { ...options, headers: { "HX-Request": "true" } });
}

/**
 * @param {number} value
 * @returns {string} 6576 as 6,576
 */
export function number(value) {
  return numbers.format(value);
}

/**
 * @param {string | undefined} sentence from the template, with {n} where values go
 * @param {Record<string, number>} values
 * @returns {string}
 */
export function fill(sentence, values) {
  return (sentence ?? "").replace(/\{(\w+)\}/g, (whole, name) => (name in values ? number(values[name] ?? 0) : whole));
}

/**
 * Change a text only when it differs, so that a live region speaks only of news.
 *
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {Element} bar an svg with one rect
 * @param {number} share 0 to 1
 */
export function grow(bar, share) {
  bar.querySelector("rect")?.setAttribute("width", `${(share * 100).toFixed(2)}%`);
}

/**
 * Show times as the reader's clock does; the server writes them in UTC.
 *
 * @param {ParentNode} within
 */
export function localTimes(within) {
  for (const element of within.querySelectorAll("time[data-clock]")) {
    const at = new Date(element.getAttribute("datetime") ?? "");
    const day = element.getAttribute("data-clock") === "when" ? dayOf(at) : "";
    element.textContent = `${day} ${clock.format(at)}`.trim();
  }
}

const feet = new ResizeObserver(keepClear);

/** Keep room for what stands at the foot of the window, however high it gets: it covers neither the page's end nor the focus. */
export function followFoot() {
  const foot = footer();
  feet.disconnect();
  if (foot) feet.observe(foot);
}

/** @returns {HTMLElement | null} what plays stands in the head of a page with a dock */
function footer() {
  return document.querySelector(".dock") ?? document.querySelector("#playing");
}

function keepClear() {
  const foot = footer();
  document.documentElement.style.setProperty("--foot", `${foot?.offsetHeight ?? 0}px`);
  const focused = document.activeElement;
  if (focused !== document.body && !foot?.contains(focused)) focused?.scrollIntoView({ block: "nearest" });
}

/**
 * @param {Date} at
 * @returns {string} nothing for today, then "tomorrow", then the date
 */
function dayOf(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "";
  return days === 1 ? relative.format(1, "day") : calendar.format(at);
}
