const { htmx } = /** @type {typeof globalThis & { htmx: import("htmx.org").Htmx }} */ (globalThis);

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("dialog"));
const content = /** @type {HTMLElement} */ (document.getElementById("dialog-content"));
const problem = /** @type {HTMLElement} */ (document.getElementById("dialog-problem"));

/** @type {string | null} */
let openedFrom = null;
/**
 * What the dialog has followed: the page may lead there where it led to its beginning before.
 * @type {string | null}
 */
let followed = null;
/**
 * The row, or the part of the page, that it was opened from.
 * @type {string | undefined}
 */
let openedIn;
/** Where what it follows has got to; empty = it follows nothing. */
let reached = "";
let isLoading = false;
let isPressedOutside = false;

dialog.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method === "dialog") return;
  event.preventDefault();
  load(form, form.method, form.getAttribute("action") ?? "", { event });
});
dialog.addEventListener("input", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type === "datetime-local") showOwnPeriod();
});
dialog.addEventListener("mousedown", (event) => {
  isPressedOutside = event.target === dialog;
});
dialog.addEventListener("click", (event) => {
  const isClose = event.target instanceof Element && event.target.closest("[data-dialog-close]");
  if (isClose) event.preventDefault();
  const isOutside = event.target === dialog && isPressedOutside;
  if (isClose || (isOutside && !isAnythingTyped())) dialog.close();
});
content.addEventListener("htmx:after:swap", showProgressBehind);
dialog.addEventListener("close", () => {
  noteFollowed();
  reached = "";
  content.replaceChildren();
  focusBack();
  // What was done or seen in it may have changed the page, and with it what had the focus.
  document.getElementById("freshness")?.addEventListener("htmx:after:swap", focusBack, { once: true });
  refreshPage();
});

/** A step of what the dialog follows is shown by the page behind it too. */
function showProgressBehind() {
  const isFollowing = content.querySelector("#dialog-poll") !== null;
  const step = content.querySelector("[aria-current=step]")?.textContent ?? "";
  const now = isFollowing ? `followed ${step}` : "";
  if (now === reached) return;
  reached = now;
  refreshPage();
}

function refreshPage() {
  document.getElementById("freshness")?.dispatchEvent(new CustomEvent("refresh"));
}

function noteFollowed() {
  const poll = content.querySelector("#dialog-poll")?.getAttribute("hx-get");
  if (poll) [followed = null] = poll.split("?");
}

function focusBack() {
  const { activeElement } = document;
  if (activeElement && activeElement !== document.body && !dialog.contains(activeElement)) return;
  const linksTo = (/** @type {string | null} */ url) => [
    ...document.querySelectorAll(`a[data-dialog][href="${CSS.escape(url ?? "")}"]`),
  ];
  const beside = document.getElementById(openedIn ?? "")?.querySelectorAll("a[data-dialog]") ?? [];
  const links = [...linksTo(openedFrom), ...linksTo(followed), ...beside];
  const link = links.find((one) => one.checkVisibility()) ?? links[0];
  if (!(link instanceof HTMLElement)) return;
  link.focus();
  // In a menu that has closed meanwhile nothing can have the focus.
  const menu = link.closest("[popover]");
  const button = menu && document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (document.activeElement !== link && button instanceof HTMLElement) button.focus();
}

/**
 * Shows in the page's dialog where a link leads to. Forms in it are sent from there: what the server answers takes the
 * place of what it shows.
 * @param {HTMLAnchorElement} link
 */
export function openInDialog(link) {
  if (!dialog.open) {
    openedFrom = link.getAttribute("href");
    openedIn = link.closest("[id]:not(a)")?.id;
    followed = null;
    // A page that it leads to may be this one, loaded anew.
    Object.assign(dialog.dataset, { openedFrom: openedFrom ?? "", openedIn: openedIn ?? "" });
  }
  load(link, "GET", link.href);
}

/**
 * Sends a form of the page: what the server asks or objects is shown in the dialog.
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} event
 */
export function sendToDialog(form, event) {
  openedFrom = null;
  followed = null;
  Object.assign(dialog.dataset, { openedFrom: "", openedIn: form.closest("[id]")?.id ?? "" });
  load(form, form.method, form.getAttribute("action") ?? "", { event });
}

/**
 * @param {HTMLElement} source
 * @param {string} method
 * @param {string} url
 * @param {{ event?: SubmitEvent }} [submission]
 */
async function load(source, method, url, submission) {
  if (isLoading) return;
  const wasOpen = dialog.open;
  let hasFailed = false;
  const noteFailure = () => {
    hasFailed = true;
  };
  isLoading = true;
  problem.hidden = true;
  source.setAttribute("aria-busy", "true");
  source.addEventListener("htmx:error", noteFailure);
  try {
    await htmx.ajax(method, url, { source, target: content, swap: "innerHTML", ...submission });
  } finally {
    isLoading = false;
    source.removeAttribute("aria-busy");
    source.removeEventListener("htmx:error", noteFailure);
  }
  problem.hidden = !hasFailed;
  noteFollowed();
  showProgressBehind();
  if (wasOpen && !dialog.open) return content.replaceChildren();
  // The answer leads to a page.
  if (!hasFailed && !content.hasChildNodes()) return;
  if (!dialog.open) dialog.showModal();
  if (!hasFailed) focusIn();
}

function focusIn() {
  const wanted = ["[aria-invalid=true]", "[autofocus]", "#dialog-title"]
    .map((selector) => content.querySelector(selector))
    .find((element) => element !== null);
  if (wanted instanceof HTMLElement) wanted.focus();
}

/** Dates that are typed are those of no preset. */
function showOwnPeriod() {
  content.querySelector(".presets [aria-current]")?.removeAttribute("aria-current");
  content.querySelector(".presets [data-own]")?.setAttribute("aria-current", "true");
}

/** Whether closing would lose what somebody typed. */
function isAnythingTyped() {
  if (content.querySelector("[aria-invalid=true]")) return true;
  return [...content.querySelectorAll("input, textarea")].some((field) =>
    field instanceof HTMLInputElement
      ? field.value !== field.defaultValue || field.checked !== field.defaultChecked
      : field instanceof HTMLTextAreaElement && field.value !== field.defaultValue,
  );
}
