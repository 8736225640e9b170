import "htmx.org";
import "htmx.org/dist/ext/hx-ptag.js";
import { formatDuration, MINUTE_MS } from "./parts/age.js";

const TICK_MS = 1_000;
const SECONDS_SHOWN_UP_TO = 60;
/** Refreshes come every 15 s; without one for this long what is shown may be old. */
const DISCONNECTED_AFTER_MS = 40_000;

const freshness = document.getElementById("freshness");
if (freshness) followServer(freshness);

/**
 * Says how fresh the wall is, counts ages and the clock on, and turns all of it grey when the server is gone.
 * @param {HTMLElement} freshness
 */
function followServer(freshness) {
  const texts = JSON.parse(freshness.dataset.texts ?? "{}");
  const ageWords = JSON.parse(freshness.dataset.ageWords ?? "{}");
  const assets = shownAssets();
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: freshness.dataset.timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  let serverAheadMs = Number(freshness.dataset.loadedAt) - Date.now();
  let refreshedAt = Date.now();
  let hasFailed = false;

  freshness.addEventListener("htmx:after:request", (event) => {
    const response = /** @type {CustomEvent} */ (event).detail.ctx.response;
    // The link was taken back: its page says so, and asks no more.
    if (response?.status === 404) location.reload();
    if (!response || response.status >= 400) return;
    const serverTime = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(serverTime) && Math.abs(serverTime - Date.now() - serverAheadMs) > 2_000) {
      serverAheadMs = serverTime - Date.now();
    }
    refreshedAt = Date.now();
    hasFailed = false;
    show();
  });
  freshness.addEventListener("htmx:after:swap", () => {
    // A newer program has other styles and scripts.
    if (shownAssets() !== assets) location.reload();
    show();
  });
  for (const failure of ["htmx:error", "htmx:response:error"]) {
    freshness.addEventListener(failure, () => {
      hasFailed = true;
      show();
    });
  }
  for (const [target, type] of /** @type {const} */ ([
    [document, "visibilitychange"],
    [globalThis, "online"],
  ])) {
    target.addEventListener(type, () => {
      if (!document.hidden) freshness.dispatchEvent(new CustomEvent("refresh"));
    });
  }
  setInterval(show, TICK_MS);
  show();

  function show() {
    const now = Date.now();
    const ageMs = now - refreshedAt;
    const isLost = hasFailed || ageMs > DISCONNECTED_AFTER_MS;
    document.documentElement.toggleAttribute("data-lost", isLost);
    const lostAt = clock.format(refreshedAt + serverAheadMs);
    const lost = document.getElementById("disconnected");
    if (lost) {
      setText(lost.querySelector(".wall-lost-time"), isLost ? lostAt : "");
      setText(
        lost.querySelector(".wall-lost-text"),
        isLost ? texts.disconnectedNote.replace("{time}", lostAt) : "",
      );
      lost.hidden = !isLost;
    }
    setText(document.querySelector(".wall-fresh-text"), freshText(ageMs));
    setText(document.querySelector(".wall-clock"), clock.format(now + serverAheadMs));
    for (const time of document.querySelectorAll("#wall time[data-lasted]")) {
      setText(time, formatDuration(ageOf(time.getAttribute("datetime")), ageWords));
    }
    for (const state of document.querySelectorAll("#wall [data-since]")) {
      const { since, pattern = "", justNow = "" } = /** @type {HTMLElement} */ (state).dataset;
      const sinceMs = ageOf(since);
      const age = formatDuration(sinceMs, ageWords);
      setText(state, sinceMs < MINUTE_MS ? justNow : pattern.replace("{age}", age));
    }
  }

  /** @param {string | null | undefined} iso */
  function ageOf(iso) {
    return Date.now() + serverAheadMs - Date.parse(iso ?? "");
  }

  /** @param {number} ageMs */
  function freshText(ageMs) {
    const seconds = Math.floor(ageMs / 1000);
    if (seconds < 2) return texts.justNow;
    if (seconds < SECONDS_SHOWN_UP_TO) return texts.secondsAgo.replace("{seconds}", String(seconds));
    return texts.minutesAgo.replace("{minutes}", String(Math.floor(seconds / 60)));
  }
}

function shownAssets() {
  return document.querySelector(".wall-screen")?.getAttribute("data-assets");
}

/**
 * Writes only what differs.
 * @param {Element | null} element
 * @param {string} text
 */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
