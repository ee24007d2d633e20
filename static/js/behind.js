// Who is still being asked behind a scan: one line, renewed while somebody can see it, until it is over.

const EVERY_MS = 15_000;

const timer = setInterval(look, EVERY_MS);

async function look() {
  const line = document.querySelector("#behind");
  const address = line?.getAttribute("data-asking");
  if (!line || !address) return clearInterval(timer);
  if (document.hidden) return;
  const answer = await fetch(address).catch(() => null);
  if (answer?.ok) line.outerHTML = await answer.text();
}
