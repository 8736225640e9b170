const KEPT = "focus-kept";
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary";

/**
 * @typedef {object} Place
 * @property {string} path Of its page.
 * @property {string} id Of the element, or of what it stands in.
 * @property {number} index Its place in there; -1 = it is the element itself.
 * @property {string | null} href Of the link that opened the dialog which it stands in.
 */

/** A page that is loaded anew has the focus where it was, or where something is wrong. */
export function keepFocus() {
  addEventListener("pagehide", () => {
    const place = placeOf(document.activeElement);
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
}

/**
 * @param {Element | null} element
 * @returns {Place | null}
 */
function placeOf(element) {
  if (!element || element === document.body) return null;
  const path = location.pathname;
  const dialog = element.closest("dialog");
  if (dialog) {
    const { openedIn: id = "", openedFrom: href = "" } = dialog.dataset;
    return { path, id, index: 0, href };
  }
  const within = element.closest("[id]");
  if (!within) return null;
  const index = within === element ? -1 : [...within.querySelectorAll(FOCUSABLE)].indexOf(element);
  return { path, id: within.id, index, href: null };
}

/** @param {Place} place */
function focusAt({ id, index, href }) {
  const within = document.getElementById(id);
  const inside = within ? [...within.querySelectorAll(FOCUSABLE)] : [];
  const opener = href ? document.querySelector(`a[href="${CSS.escape(href)}"]`) : null;
  const menu = within?.closest("[popover]") ?? null;
  const candidates = [
    opener,
    index < 0 ? within : inside[index],
    ...inside,
    menu && document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`),
    document.getElementById("content"),
  ];
  for (const candidate of candidates) {
    if (!(candidate instanceof HTMLElement) || !candidate.checkVisibility()) continue;
    candidate.focus({ preventScroll: true });
    if (document.activeElement === candidate) return;
  }
}
