const TICK_MS = 1_000;
const SECONDS_SHOWN_UP_TO = 60;
/** Refreshes come every 15 s; without one for this long what is shown may be old. */
const DISCONNECTED_AFTER_MS = 40_000;

/**
 * How fresh a page is. Times are in ms UTC; `now` and `refreshedAt` by the server's clock.
 * @typedef {{ isLost: boolean, text: string, now: number, refreshedAt: number }} Freshness
 */

/**
 * Follows the refreshes of a page, and asks for one when somebody looks at the page again.
 * @param {HTMLElement} freshness What refreshes the page.
 * @param {(freshness: Freshness) => void} show Is told every second, and after every answer.
 */
export function followServer(freshness, show) {
  const texts = JSON.parse(freshness.dataset.texts ?? "{}");
  let serverAheadMs = Number(freshness.dataset.loadedAt) - Date.now();
  let heardAt = Date.now();
  let hasFailed = false;

  freshness.addEventListener("htmx:after:request", (event) => {
    const response = /** @type {CustomEvent} */ (event).detail.ctx.response;
    if (!response || response.status >= 400) return;
    const serverTime = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(serverTime) && Math.abs(serverTime - Date.now() - serverAheadMs) > 2_000) {
      serverAheadMs = serverTime - Date.now();
    }
    heardAt = Date.now();
    hasFailed = false;
    tell();
  });
  freshness.addEventListener("htmx:after:swap", tell);
  for (const failure of ["htmx:error", "htmx:response:error"]) {
    freshness.addEventListener(failure, () => {
      hasFailed = true;
      tell();
    });
  }
  const refresh = () => freshness.dispatchEvent(new CustomEvent("refresh"));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  addEventListener("online", refresh);
  setInterval(tell, TICK_MS);
  tell();

  function tell() {
    freshness.dataset.heardAt = String(heardAt);
    const ageMs = Date.now() - heardAt;
    show({
      isLost: hasFailed || ageMs > DISCONNECTED_AFTER_MS,
      text: freshText(ageMs),
      now: Date.now() + serverAheadMs,
      refreshedAt: heardAt + serverAheadMs,
    });
  }

  /** @param {number} ageMs */
  function freshText(ageMs) {
    const seconds = Math.floor(ageMs / 1000);
    if (seconds < 2) return texts.justNow;
    if (seconds < SECONDS_SHOWN_UP_TO) return texts.secondsAgo.replace("{seconds}", String(seconds));
    return texts.minutesAgo.replace("{minutes}", String(Math.floor(seconds / 60)));
  }
}

/**
 * Writes only what differs, so that a selection in the page survives.
 * @param {Element | null | undefined} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
