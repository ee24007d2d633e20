// Server-sent events that survive a phone's sleep: the browser reconnects by itself, except after it gave up.

/**
 * @param {string} url
 * @param {Record<string, (data: any) => void>} listeners by event name
 * @returns {void}
 */
export function listen(url, listeners) {
  /** @type {EventSource} */
  let source;

  function open() {
    source = new EventSource(url);
    for (const [name, listener] of Object.entries(listeners)) {
      source.addEventListener(name, (event) => listener(JSON.parse(event.data)));
    }
  }

  // A slept page may hold a dead connection that still looks open; the first event after opening is the state as it is.
  document.addEventListener("visibilitychange", () => {
    source.close();
    if (!document.hidden) open();
  });
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  open();
}

/** Show the server's page of the new state; a second later, so that two that disagree do not spin. */
export function renew() {
  setTimeout(() => location.reload(), 1000);
}
