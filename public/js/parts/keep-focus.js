const KEPT = "focus-kept";
const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";

/**
 * A control, told by what it does and not by where it stands: on a page that has changed another one may stand there.
 * @typedef {object} Place
 * @property {string} path Of its page.
 * @property {string} id Empty = it has none.
 * @property {string} within The id of what it stands in.
 * @property {string} does
 * @property {string} says
 * @property {string} followed Where it may lead instead, since the dialog that it opened has led there; empty = nowhere.
 */

/**
 * The control that the dialog was opened from.
 * @type {Place | null}
 */
let opener = null;

/** A page that is loaded anew, or refreshed, has the focus where it was, or where something is wrong. */
export function keepFocus() {
  addEventListener("pagehide", () => {
    const place = placeOfFocus();
    if (place) sessionStorage.setItem(KEPT, JSON.stringify(place));
    else sessionStorage.removeItem(KEPT);
  });
  addEventListener("load", () => {
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (document.activeElement !== document.body) return;
    const wrong = document.querySelector("#content [aria-invalid=true]");
    /** @type {Place | null} */
    const place = kept === null ? null : JSON.parse(kept);
    // A page that leads to a place of its own, such as a line of a log, stays there.
    const isAtPlace = location.hash !== "" || scrollY > 0;
    if (wrong instanceof HTMLElement && wrong.checkVisibility()) wrong.focus({ preventScroll: isAtPlace });
    else if (place?.path === location.pathname) focusAt(place);
  });
  keepFocusInRefreshes();
}

/** A refresh may take away what has the focus, or make another control of it. */
function keepFocusInRefreshes() {
  const freshness = document.getElementById("freshness");
  /** @type {Place | null} */
  let before = null;
  freshness?.addEventListener("htmx:before:swap", () => {
    before = document.querySelector("dialog[open], :popover-open:focus-within") ? null : placeOfFocus();
  });
  freshness?.addEventListener("htmx:after:swap", () => {
    if (before && !isAt(document.activeElement, before)) focusAt(before);
  });
}

/** @param {Element} element Which the dialog is opened from. */
export function noteOpener(element) {
  opener = placeOf(element);
}

/** @param {string} url Where the dialog has led. */
export function noteFollowed(url) {
  if (opener) opener.followed = url;
}

/** Gives the focus back to what the dialog was opened from, unless something of the page has it. */
export function focusOpener() {
  const { activeElement } = document;
  if (opener && (activeElement === document.body || activeElement?.closest("dialog"))) focusAt(opener);
}

/** @returns {Place | null} */
function placeOfFocus() {
  const { activeElement } = document;
  if (!activeElement || activeElement === document.body) return null;
  if (activeElement.closest("dialog") || (opener && isAt(activeElement, opener))) return opener;
  return placeOf(activeElement);
}

/**
 * @param {Element} control What is in the menu of a row is found by its «⋯».
 * @returns {Place}
 */
export function placeOf(control) {
  const menu = /** @type {HTMLElement | null} */ (control.closest("#row-menu"));
  const opener = menu && document.querySelector(`#${menu.dataset.row} .others-button`);
  const element = opener ?? control;
  return {
    path: location.pathname,
    id: element.id,
    within: element.parentElement?.closest("[id]")?.id ?? "",
    does: doesOf(element),
    says: saysOf(element),
    followed: "",
  };
}

/** @param {Element} element */
function saysOf(element) {
  return element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
}

/**
 * Where it leads, or what it sends; of what does neither, what it says.
 * @param {Element} element
 */
function doesOf(element) {
  const form = "form" in element && element.form instanceof HTMLFormElement ? element.form : null;
  const isChoice = element.matches("button, [type=checkbox], [type=radio]");
  const does = [
    element.getAttribute("href"),
    element.getAttribute("formaction") ?? form?.getAttribute("action"),
    element.getAttribute("name"),
    isChoice && element.getAttribute("value"),
    element.getAttribute("popovertarget"),
    element.matches(".reason") && element.closest("tr")?.id,
  ];
  return `${element.localName} ${does.filter(Boolean).join(" ") || saysOf(element)}`;
}

/**
 * @param {Element | null} element
 * @param {Place} place
 */
function isAt(element, place) {
  if (!element || element === document.body) return false;
  return place.id ? element.id === place.id : element.id === "" && doesOf(element) === place.does;
}

/**
 * Finds a control again, the one that can be seen if it is there several times.
 * @param {Place} place
 * @param {ParentNode} root Where it is looked for.
 * @returns {HTMLElement | null}
 */
export function findControl(place, root = document) {
  const { within, says, followed } = place;
  const all = [...root.querySelectorAll(CONTROLS)].filter((element) => isAt(element, place));
  const inside = all.filter((element) => document.getElementById(within)?.contains(element));
  const next = followed ? root.querySelectorAll(`a[href="${CSS.escape(followed)}"]`) : [];
  const same = [...inside.filter((element) => saysOf(element) === says), ...inside, ...all, ...next];
  const found = same.find((element) => element.checkVisibility()) ?? same[0];
  return found instanceof HTMLElement ? found : null;
}

/**
 * Another control never has the focus instead: where there is nothing of the kind any more, the heading of what it stood in
 * has it.
 * @param {Place} place
 */
function focusAt(place) {
  const control = findControl(place);
  const within = document.getElementById(place.within);
  const candidates = [
    control,
    control && buttonOfMenu(control),
    within?.querySelector("h1, h2, h3") ?? null,
    within,
    within && buttonOfMenu(within),
    document.getElementById("content"),
  ];
  candidates.some((candidate) => candidate instanceof HTMLElement && takesFocus(candidate));
}

/**
 * In a menu that is closed nothing can have the focus, but what opens it.
 * @param {Element} element
 */
function buttonOfMenu(element) {
  const menu = element.closest("[popover]");
  if (menu) return document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  return element.closest("details")?.querySelector("summary") ?? null;
}

/** @param {HTMLElement} element */
function takesFocus(element) {
  if (!element.checkVisibility()) return false;
  element.focus({ preventScroll: true });
  if (document.activeElement === element) return true;
  if (element.matches(CONTROLS)) return false;
  element.tabIndex = -1;
  element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}
