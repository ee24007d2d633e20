// Tells the server of errors in scripts, and once how fast the page was. No cookie, no name, no address: the
// server cuts out what could tell a person, and the page works just as well when nobody listens.

const MOST_ERRORS = 10;
const LONGEST = { message: 500, stack: 1000 };
const WAIT_MS = 2000;

/** @typedef {{ kind: "error" | "rejection", message: string, stack: string, url: string }} ClientError */

/** @type {ClientError[]} */
const waiting = [];
/** @type {Set<string>} */
const known = new Set();

addEventListener("error", (event) => {
  // A script of another site tells nothing of its errors, and what a browser adds is none of ours.
  if (event.message && event.filename.startsWith(location.origin)) {
    note("error", event.message, event.error?.stack ?? `at ${event.filename}:${event.lineno}:${event.colno}`);
  }
});

addEventListener("unhandledrejection", ({ reason }) => {
  if (reason instanceof DOMException && reason.name === "AbortError") return; // somebody went on to another page
  note("rejection", String(reason?.message ?? reason), String(reason?.stack ?? ""));
});

/**
 * @param {ClientError["kind"]} kind
 * @param {string} message
 * @param {string} stack
 */
function note(kind, message, stack) {
  if (known.size >= MOST_ERRORS || known.has(message)) return;
  known.add(message);
  if (!waiting.length) setTimeout(tellErrors, WAIT_MS);
  waiting.push({
    kind,
    message: cut(message, LONGEST.message),
    stack: cut(stack, LONGEST.stack),
    url: location.pathname,
  });
}

/**
 * Cut between words: the server knows a whole address or id, which it takes out, and not half of one.
 *
 * @param {string} text
 * @param {number} most
 * @returns {string}
 */
function cut(text, most) {
  return text.length > most ? text.slice(0, most).replace(/\S{0,100}$/u, "") : text;
}

function tellErrors() {
  if (waiting.length) tell("/api/log-error", { errors: waiting.splice(0) });
}

/**
 * @param {string} address
 * @param {object} report
 */
function tell(address, report) {
  navigator.sendBeacon(address, new Blob([JSON.stringify(report)], { type: "application/json" }));
}

// The Web Vitals, as web.dev/articles/vitals defines them: the largest paint before the first input, the longest
// interaction, and the largest burst of shifts, whose parts are less than 1 s apart and 5 s long at most.
// What was left before it was there, or opened in the background, is painted when somebody comes to it: that tells
// nothing of its speed.
let inSight = document.visibilityState === "visible";
let largestPaint = 0;
let longestInteraction = 0;
let largestShift = 0;
let burst = { from: 0, until: 0, sum: 0 };

/**
 * @typedef {PerformanceEntry & { hadRecentInput: boolean, value: number }} LayoutShift
 * @typedef {PerformanceEntry & { interactionId?: number }} Interaction
 */

/**
 * @param {string} type
 * @param {(entry: any) => void} see
 */
function watch(type, see) {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(see));
  observer.observe(/** @type {PerformanceObserverInit} */ ({ type, buffered: true, durationThreshold: 40 }));
}

watch("largest-contentful-paint", (entry) => {
  largestPaint = entry.startTime;
});

watch("event", (/** @type {Interaction} */ entry) => {
  if (entry.interactionId) longestInteraction = Math.max(longestInteraction, entry.duration);
});

watch("layout-shift", (/** @type {LayoutShift} */ entry) => {
  if (entry.hadRecentInput) return;
  const goesOn = entry.startTime - burst.until < 1000 && entry.startTime - burst.from < 5000;
  burst = goesOn ? { ...burst, until: entry.startTime, sum: burst.sum + entry.value }
    : { from: entry.startTime, until: entry.startTime, sum: entry.value };
  largestShift = Math.max(largestShift, burst.sum);
});

let told = false;

function tellTimes() {
  const [page] = performance.getEntriesByType("navigation");
  if (told || !(page instanceof PerformanceNavigationTiming) || !page.loadEventEnd) return;
  told = true;
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  tell("/api/log-perf", {
    pageLoadTime: rounded(page.loadEventEnd),
    domContentLoaded: rounded(page.domContentLoadedEventEnd),
    timeToFirstByte: rounded(page.responseStart),
    serverResponse: rounded(Math.max(0, page.responseStart - page.requestStart)),
    ...(inSight && paint && { firstContentfulPaint: rounded(paint.startTime) }),
    ...(inSight && largestPaint && { largestContentfulPaint: rounded(largestPaint) }),
    ...(longestInteraction && { interactionToNextPaint: rounded(longestInteraction) }),
    cumulativeLayoutShift: Math.round(largestShift * 1000) / 1000,
  });
}

/**
 * @param {number} value
 * @returns {number} with one digit behind the point
 */
function rounded(value) {
  return Math.round(value * 10) / 10;
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  tellErrors();
  tellTimes();
  inSight = false;
});
