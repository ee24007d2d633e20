// Who is still being asked behind a scan: one line, renewed while somebody can see it, until it is over.

import { fetchPart } from "./dom.js";

const EVERY_MS = 15_000;

const timer = setInterval(look, EVERY_MS);

async function look() {
  const line = document.querySelector("#behind");
  const address = line?.getAttribute("data-asking");
  if (!line || !address) return clearInterval(timer);
  if (document.hidden) return;
  const answer = await fetchPart(address).catch(() => null);
  if (answer?.ok) replace(line, await answer.text());
}

/**
 * Show the new line in the room of the old one, so that nothing below it moves up.
 *
 * @param {Element} line
 * @param {string} html
 */
function replace(line, html) {
  const height = line.clientHeight;
  line.outerHTML = html;
  const renewed = document.querySelector("#behind");
  if (renewed instanceof HTMLElement) renewed.style.minHeight = `${height}px`;
}
