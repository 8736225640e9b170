import htmx from "htmx.org";
import { findInLongSelects } from "./find-in-select.js";
import { findControl, focusOpener, noteFollowed, noteOpener, placeOf } from "./keep-focus.js";

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("dialog"));
const content = /** @type {HTMLElement} */ (document.getElementById("dialog-content"));
const problem = /** @type {HTMLElement} */ (document.getElementById("dialog-problem"));

/** Of all pages but the status page, which asks for it when its dialog opens. */
const SHEET = new URL("../css/pages.css", import.meta.url).href;
/** @type {Promise<unknown> | null} */
let coming = null;

/** Where what it follows has got to; empty = it follows nothing. */
let reached = "";
let isLoading = false;
let isPressedOutside = false;

/** The page has a dialog: only then may the rest be called. */
export function startDialog() {
  dialog.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "dialog") return;
    event.preventDefault();
    load(form, form.method, actionOf(form, event), { event });
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
  // What was sent is done, and the list stays.
  document.addEventListener("stayed", () => {
    if (dialog.open) dialog.close();
    else refreshPage();
  });
  dialog.addEventListener("close", () => {
    noteWhereItIs();
    reached = "";
    content.replaceChildren();
    focusOpener();
    // What was done or seen in it may have changed the page.
    refreshPage();
  });
}

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

/** The page may lead to what the dialog follows where it led to its beginning before. */
function noteWhereItIs() {
  const [url = ""] = content.querySelector("#dialog-poll")?.getAttribute("hx-get")?.split("?") ?? [];
  if (url) noteFollowed(url);
}

/**
 * Shows in the page's dialog where a link leads to. Forms in it are sent from there: what the server answers takes the
 * place of what it shows.
 * @param {HTMLAnchorElement} link
 */
export function openInDialog(link) {
  if (!dialog.open) noteOpener(link);
  load(link, "GET", link.href);
}

/**
 * Sends a form of the page: what the server asks or objects is shown in the dialog.
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} event
 */
export function sendToDialog(form, event) {
  const menu = event.submitter?.closest("[popover]");
  if (menu instanceof HTMLElement) menu.hidePopover();
  noteOpener(event.submitter ?? form);
  load(form, form.method, actionOf(form, event), { event });
}

/**
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} event
 */
function actionOf(form, event) {
  return event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
}

/**
 * «Проверить связь»: the answer is a notice over the page, which then shows what is known now.
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} event
 */
export async function answerPoll(form, { submitter }) {
  if (!(submitter instanceof HTMLButtonElement) || submitter.getAttribute("aria-busy")) return;
  const menu = submitter.closest("[popover]");
  if (menu instanceof HTMLElement) menu.hidePopover();
  submitter.setAttribute("aria-busy", "true");
  const values = submitter.name ? { [submitter.name]: submitter.value } : {};
  const isAnswered = await ask("POST", form.action, form, {
    source: "#poll-form",
    target: "#notice",
    values,
  }).finally(() => submitter.removeAttribute("aria-busy"));
  if (isAnswered) refreshPage();
  else showProblem();
}

/** The server has not answered. */
export function showProblem() {
  problem.hidden = false;
  if (!dialog.open) dialog.showModal();
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
  const pressed = content.contains(source) && source instanceof HTMLAnchorElement ? placeOf(source) : null;
  isLoading = true;
  problem.hidden = true;
  source.setAttribute("aria-busy", "true");
  const styled = addSheet();
  const isAnswered = await ask(method, url, source, { target: content, ...submission }).finally(() => {
    isLoading = false;
    source.removeAttribute("aria-busy");
  });
  await styled;
  problem.hidden = isAnswered;
  noteWhereItIs();
  showProgressBehind();
  if (wasOpen && !dialog.open) return content.replaceChildren();
  // The answer leads to a page.
  if (isAnswered && !content.hasChildNodes()) return;
  if (!dialog.open) dialog.showModal();
  if (!isAnswered) return;
  focusIn(pressed);
  findInLongSelects(content);
}

/**
 * @param {string} method
 * @param {string} url
 * @param {HTMLElement} source
 * @param {object} options of `htmx.ajax`
 * @returns {Promise<boolean>} whether the server has answered
 */
export async function ask(method, url, source, options) {
  let isAnswered = true;
  const noteFailure = () => {
    isAnswered = false;
  };
  source.addEventListener("htmx:error", noteFailure);
  try {
    await htmx.ajax(method, url, { source, swap: "innerHTML", ...options });
  } finally {
    source.removeEventListener("htmx:error", noteFailure);
  }
  return isAnswered;
}

/** @returns {Promise<unknown>} when it is there, or cannot be had */
export async function addSheet() {
  if ([...document.styleSheets].some(({ href }) => href === SHEET)) return;
  coming ??= new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: SHEET });
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  await coming;
  coming = null;
}

/** @param {import("./keep-focus.js").Place | null} pressed The link of the dialog that led to what it shows now. */
function focusIn(pressed) {
  const wanted =
    content.querySelector("[aria-invalid=true]") ??
    content.querySelector("[autofocus]") ??
    (pressed && findControl(pressed, content)) ??
    content.querySelector("#dialog-title");
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
