import "htmx.org";
import "htmx.org/dist/ext/hx-ptag.js";
import { EXACT_FROM_MS, formatAge, formatDuration } from "./parts/age.js";
import { answerPoll, openInDialog, sendToDialog, startDialog } from "./parts/dialog.js";
import { findInLongSelects } from "./parts/find-in-select.js";
import { followServer, setText } from "./parts/follow-server.js";
import { holdList } from "./parts/hold-list.js";
import { keepFocus } from "./parts/keep-focus.js";
import { pickRows } from "./parts/pick-rows.js";
import { openRowMenu, startRowPopups } from "./parts/row-popups.js";

/** A server that answered so lately is there. */
const SURE_FOR_MS = 3_000;
const ANSWER_WITHIN_MS = 5_000;
const SENT_FOR_MS = 20_000;
/** Somebody else is asked, who has to answer sooner. */
const SLOW_FOR_MS = 45_000;
const YEAR_SECONDS = 365 * 86_400;

keepTimeZone();
keepFocus();
followFreshness();
findInLongSelects(document);
applyAtOnce();
showWrongFilter();
showCountInTab();
showChosenSegment();
focusInSheets();
showUnfolded();
closeMenus();
closeNotices();
listenToKeys();
openLinksInDialog();
pickRows();
holdList();
// After all that handles clicks itself.
stayWhileServerIsGone();
sendOnce();

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
  const disconnected = document.getElementById("disconnected");
  if (!freshness || !disconnected) return;

  const texts = JSON.parse(freshness.dataset.texts ?? "{}");
  const ageWords = JSON.parse(freshness.dataset.ageWords ?? "{}");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: document.documentElement.dataset.timeZone,
    hour: "2-digit",
    minute: "2-digit",
  });
  followServer(freshness, ({ isLost, text, now, refreshedAt }) => {
    const inWords = (/** @type {string} */ pattern) => pattern.replace("{time}", clock.format(refreshedAt));
    freshness.toggleAttribute("data-disconnected", isLost);
    setText(freshness.querySelector(".freshness-text"), isLost ? inWords(texts.disconnected) : text);
    disconnected.hidden = !isLost;
    setText(disconnected, isLost ? inWords(texts.disconnectedNote) : "");
    for (const time of document.querySelectorAll("#below-filter time, #pos-server time")) {
      const ageMs = now - Date.parse(time.getAttribute("datetime") ?? "");
      if (time.matches("[data-lasted], .lasted > *")) setText(time, formatDuration(ageMs, ageWords));
      else if (ageMs >= EXACT_FROM_MS) setText(time, formatAge(ageMs, ageWords));
    }
  });
}

/**
 * A choice that needs no more is applied at once; the button of its form stays for those without JavaScript, and for a sheet, in
 * which more is chosen. Keys that change a list that is closed only pass through its choices: there Enter applies.
 */
function applyAtOnce() {
  /** @type {NodeListOf<HTMLInputElement>} Or selects. */
  const fields = document.querySelectorAll("[data-at-once]");
  for (const field of fields) {
    const applied = field.value;
    let isPassing = false;
    const notePassing = () => {
      isPassing = true;
      // A key changes a closed list at once; where it opens the list, what is chosen there comes later.
      setTimeout(() => {
        isPassing = false;
      });
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Tab") notePassing();
      if (event.key !== "Enter" || field.value === applied) return;
      event.preventDefault();
      field.form?.requestSubmit();
    });
    field.addEventListener("keypress", notePassing);
    field.addEventListener("change", () => {
      if (!isPassing && !field.closest(":popover-open")) field.form?.requestSubmit();
    });
  }
}

/** What is wrong in a filter that is a sheet on a phone is said in the sheet. */
function showWrongFilter() {
  const filter = document.getElementById("filter");
  const wrong = filter?.querySelectorAll("[aria-invalid=true]") ?? [];
  if (!filter || wrong.length === 0 || filter.checkVisibility()) return;
  for (const field of wrong) {
    const problem = document.getElementById(field.getAttribute("aria-describedby") ?? "");
    if (problem) field.closest(".field")?.append(problem);
  }
  filter.showPopover();
}

/** The number of problems stands in the title and in the icon of the tab too, also after a refresh. */
function showCountInTab() {
  document.getElementById("freshness")?.addEventListener("htmx:after:swap", () => {
    const { title = document.title, icon } = document.getElementById("headline-title")?.dataset ?? {};
    if (document.title !== title) document.title = title;
    const link = document.querySelector("link[rel=icon]");
    if (icon && link && link.getAttribute("href") !== icon) link.setAttribute("href", icon);
  });
}

/** On a phone the segments scroll sideways: they alone, so that the first Tab still leads to the beginning of the page. */
function showChosenSegment() {
  const chosen = document.querySelector(".segments [aria-current]");
  const segments = chosen?.closest(".segments");
  if (!chosen || !segments) return;
  const [place, row] = [chosen.getBoundingClientRect(), segments.getBoundingClientRect()];
  segments.scrollLeft += place.left + place.width / 2 - (row.left + row.width / 2);
}

/** What a page opens for somebody is shown to them, and has the focus where it was. */
function showUnfolded() {
  const fine = document.getElementById("fine");
  fine?.addEventListener("toggle", () => {
    if (fine instanceof HTMLDetailsElement && fine.open) fine.scrollIntoView();
  });
  const cause = location.hash.startsWith("#cause-") ? document.getElementById(location.hash.slice(1)) : null;
  const toggle = cause?.querySelector(".cause-toggle");
  if (toggle instanceof HTMLElement) toggle.focus({ preventScroll: true });
}

/** Escape closes a menu of the page as it closes a popover, and gives the focus back. */
function closeMenus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
    }
  });
}

/**
 * A link or a form of a page that follows its server leads to the browser's error page when the server is gone: what
 * has not been heard of for some seconds is asked first.
 */
function stayWhileServerIsGone() {
  const freshness = document.getElementById("freshness");
  if (!freshness) return;
  document.addEventListener("click", async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    if (link.getAttribute("href")?.startsWith("#")) return;
    if (isServerSure()) return;
    event.preventDefault();
    if (await isServerHeard()) location.assign(link.href);
  });
  /** @type {HTMLFormElement | null} */
  let goingOn = null;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "dialog" || event.defaultPrevented) return;
    if (form === goingOn || isServerSure()) return;
    event.preventDefault();
    if (!(await isServerHeard())) return;
    goingOn = form;
    form.requestSubmit(event.submitter);
    goingOn = null;
  });

  function isServerSure() {
    const { disconnected, heardAt = "0" } = freshness?.dataset ?? {};
    return disconnected === undefined && Date.now() - Number(heardAt) < SURE_FOR_MS;
  }

  async function isServerHeard() {
    const isThere = await isServerThere();
    if (!isThere) freshness?.dispatchEvent(new CustomEvent("htmx:error"));
    return isThere;
  }
}

/**
 * A form that leads to a page is not sent again while the server is asked; somebody may come back to it. A button that takes its time says
 * meanwhile what is done.
 */
function sendOnce() {
  /** @type {Map<EventTarget, { until: number, restore: () => void }>} */
  const sent = new Map();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() < (sent.get(form)?.until ?? 0)) return event.preventDefault();
    const button = event.submitter;
    const isSlow = button instanceof HTMLButtonElement && button.dataset.busy !== undefined;
    const forMs = isSlow ? SLOW_FOR_MS : SENT_FOR_MS;
    const restore = isSlow ? showBusy(button) : () => {};
    sent.set(form, { until: Date.now() + forMs, restore });
    setTimeout(restore, forMs);
  });
  // The browser's way back shows the page as it was left.
  addEventListener("pageshow", () => {
    for (const { restore } of sent.values()) restore();
    sent.clear();
  });
}

/**
 * @param {HTMLButtonElement} button
 * @returns a function that shows it as it was
 */
function showBusy(button) {
  const text = button.textContent;
  button.textContent = button.dataset.busy ?? "";
  button.setAttribute("aria-busy", "true");
  return () => {
    button.textContent = text;
    button.removeAttribute("aria-busy");
  };
}

/** @returns {Promise<boolean>} whether the server answers at all */
async function isServerThere() {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  return await fetch("/healthz", { cache: "no-store", signal }).then(
    () => true,
    () => false,
  );
}

/** A button that opens a sheet for the sake of one of its fields leads there. */
function focusInSheets() {
  for (const button of document.querySelectorAll("[popovertarget][data-focus]")) {
    if (!(button instanceof HTMLElement)) continue;
    button.addEventListener("click", () => {
      setTimeout(() => document.getElementById(button.dataset.focus ?? "")?.focus());
    });
  }
}

/** A notice goes at once, without its page being loaded anew, and does not come back when it is. */
function closeNotices() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-close]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    event.preventDefault();
    link.closest(".line")?.remove();
    history.replaceState(history.state, "", link.href);
    document.getElementById("content")?.focus({ preventScroll: true });
  });
}

/** «/» leads to the search, «?» to the keys that there are. */
function listenToKeys() {
  const search = document.querySelector(".status-form #q");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const { target } = event;
    if (target instanceof Element && target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "?") location.assign("/help#keys");
    if (event.key !== "/" || !(search instanceof HTMLInputElement)) return;
    event.preventDefault();
    search.select();
  });
}

/**
 * Links with `data-dialog` open in the page's dialog, and so does what is asked after a form with it, and what is
 * answered to a poll. They lead to pages of their own where there is no dialog or no script. «⋯» of a row opens its menu.
 */
function openLinksInDialog() {
  if (!document.getElementById("dialog")) return;
  startDialog();
  startRowPopups();
  document.addEventListener("click", (event) => {
    const link =
      event.target instanceof Element ? event.target.closest("a[data-dialog], a.others-button") : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.matches(".others-button")) openRowMenu(link);
    else openInDialog(link);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.dialog === undefined) return;
    event.preventDefault();
    // Its `id` would be its fields of that name.
    if (form.matches("#poll-form")) answerPoll(form, event);
    else sendToDialog(form, event);
  });
}
