import "htmx.org";
import "htmx.org/dist/ext/hx-ptag.js";
import { formatDuration, MINUTE_MS } from "./parts/age.js";
import { followServer, setText } from "./parts/follow-server.js";

const freshness = document.getElementById("freshness");
if (freshness) followWall(freshness);

/**
 * Says how fresh the wall is, counts ages and the clock on, and turns all of it grey when the server is gone.
 * @param {HTMLElement} freshness
 */
function followWall(freshness) {
  const texts = JSON.parse(freshness.dataset.texts ?? "{}");
  const ageWords = JSON.parse(freshness.dataset.ageWords ?? "{}");
  const assets = shownAssets();
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: freshness.dataset.timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

  freshness.addEventListener("htmx:after:request", (event) => {
    // The link was taken back: its page says so, and asks no more.
    if (/** @type {CustomEvent} */ (event).detail.ctx.response?.status === 404) location.reload();
  });
  freshness.addEventListener("htmx:after:swap", () => {
    // A newer program has other styles and scripts.
    if (shownAssets() !== assets) location.reload();
  });
  followServer(freshness, ({ isLost, text, now, refreshedAt }) => {
    document.documentElement.toggleAttribute("data-lost", isLost);
    const lostAt = clock.format(refreshedAt);
    const lost = document.getElementById("disconnected");
    if (lost) {
      setText(lost.querySelector(".wall-lost-time"), isLost ? lostAt : "");
      setText(
        lost.querySelector(".wall-lost-text"),
        isLost ? texts.disconnectedNote.replace("{time}", lostAt) : "",
      );
      lost.hidden = !isLost;
    }
    setText(document.querySelector(".wall-fresh-text"), text);
    setText(document.querySelector(".wall-clock"), clock.format(now));
    for (const time of document.querySelectorAll("#wall time[data-lasted]")) {
      setText(time, formatDuration(now - Date.parse(time.getAttribute("datetime") ?? ""), ageWords));
    }
    for (const state of document.querySelectorAll("#wall [data-since]")) {
      const { since = "", pattern = "", justNow = "" } = /** @type {HTMLElement} */ (state).dataset;
      const sinceMs = now - Date.parse(since);
      const age = formatDuration(sinceMs, ageWords);
      setText(state, sinceMs < MINUTE_MS ? justNow : pattern.replace("{age}", age));
    }
  });
}

function shownAssets() {
  return document.querySelector(".wall-screen")?.getAttribute("data-assets");
}
