import { EXACT_FROM_MS, formatAge } from "./age.js";

const TICK_MS = 1_000;
const SECONDS_SHOWN_UP_TO = 60;
/** Refreshes come every 15 s; without one for this long what is shown may be old. */
const DISCONNECTED_AFTER_MS = 40_000;
const YEAR_SECONDS = 365 * 86_400;
const PLAIN_SELECT_UP_TO = 20;

keepTimeZone();
followFreshness();
findInLongSelects();
openLinksInDialog();

/** Times are shown in the zone of whoever looks: the first page that was rendered in another one is asked for again. */
function keepTimeZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = document.documentElement.dataset;
  if (!zone || shown.timeZone === zone || shown.timeZoneChosen !== undefined) return;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing where pages come over plain HTTP.
  document.cookie = `timeZone=${encodeURIComponent(zone)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  if (sessionStorage.getItem("timeZoneAskedFor") === zone) return;
  sessionStorage.setItem("timeZoneAskedFor", zone);
  location.reload();
}

/** Says how fresh the page is, counts ages on, and tells when the server is gone. */
function followFreshness() {
  const freshness = document.getElementById("freshness");
  const text = freshness?.querySelector(".freshness-text");
  const disconnected = document.getElementById("disconnected");
  if (!freshness || !text || !disconnected) return;

  const texts = JSON.parse(freshness.dataset.texts ?? "{}");
  const ageWords = JSON.parse(freshness.dataset.ageWords ?? "{}");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: document.documentElement.dataset.timeZone,
    hour: "2-digit",
    minute: "2-digit",
  });
  let serverAheadMs = Number(freshness.dataset.loadedAt) - Date.now();
  let refreshedAt = Date.now();
  let hasFailed = false;

  freshness.addEventListener("htmx:after:request", (event) => {
    const response = /** @type {CustomEvent} */ (event).detail.ctx.response;
    if (!response || response.status >= 400) return;
    const serverTime = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(serverTime) && Math.abs(serverTime - Date.now() - serverAheadMs) > 2_000) {
      serverAheadMs = serverTime - Date.now();
    }
    refreshedAt = Date.now();
    hasFailed = false;
    show();
  });
  for (const failure of ["htmx:error", "htmx:response:error"]) {
    freshness.addEventListener(failure, () => {
      hasFailed = true;
      show();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  addEventListener("online", refresh);
  setInterval(show, TICK_MS);
  show();

  function refresh() {
    freshness?.dispatchEvent(new CustomEvent("refresh"));
  }

  function show() {
    const ageMs = Date.now() - refreshedAt;
    const isDisconnected = hasFailed || ageMs > DISCONNECTED_AFTER_MS;
    freshness?.toggleAttribute("data-disconnected", isDisconnected);
    setText(
      text,
      isDisconnected ? texts.disconnected.replace("{time}", clock.format(refreshedAt)) : freshText(ageMs),
    );
    if (disconnected) {
      disconnected.hidden = !isDisconnected;
      setText(
        disconnected,
        isDisconnected ? texts.disconnectedNote.replace("{time}", clock.format(refreshedAt)) : "",
      );
    }
    for (const time of document.querySelectorAll("#below-filter time")) {
      const ageOfTimeMs = Date.now() + serverAheadMs - Date.parse(time.getAttribute("datetime") ?? "");
      if (ageOfTimeMs >= EXACT_FROM_MS) setText(time, formatAge(ageOfTimeMs, ageWords));
    }
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
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** A select of hundreds gets a field to type into; a short one stays as it is. */
async function findInLongSelects() {
  for (const select of document.querySelectorAll("select[data-find]")) {
    if (!(select instanceof HTMLSelectElement) || select.options.length <= PLAIN_SELECT_UP_TO) continue;
    const { findInSelect } = await import("./find-in-select.js");
    findInSelect(select);
  }
}

/**
 * Links with `data-dialog` open in the page's dialog, whose script comes with the first of them. They lead to pages of
 * their own where there is no dialog or no script.
 */
function openLinksInDialog() {
  if (!document.getElementById("dialog")) return;
  document.addEventListener("click", async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-dialog]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const opening = import("./dialog.js").catch(() => location.assign(link.href));
    (await opening)?.openInDialog(link);
  });
}
