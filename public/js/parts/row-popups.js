import { ask, showProblem } from "./dialog.js";

const menu = /** @type {HTMLElement} */ (document.getElementById("row-menu"));
const reason = /** @type {HTMLElement} */ (document.getElementById("reason"));

/** The element whose popup is open or was asked for. @type {HTMLElement | null} */
let opener = null;
/** The press has closed the popup already. */
let isClosing = false;

/** Pages without a list of POS servers have no such popups. */
export function startRowPopups() {
  if (!menu) return;
  document.addEventListener(
    "pointerdown",
    ({ target }) => {
      isClosing = isOpen() && target instanceof Node && opener?.contains(target) === true;
    },
    { capture: true },
  );
  for (const popup of [menu, reason]) popup.addEventListener("toggle", showState);
  document.getElementById("freshness")?.addEventListener("htmx:after:swap", showState);
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button.reason") : null;
    if (button instanceof HTMLButtonElement) toggleReason(button);
  });
  // Space presses what looks like a button.
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== " " || !(target instanceof HTMLElement) || !target.matches("a.others-button")) return;
    event.preventDefault();
    target.click();
  });
  // A cut text is told whole where the pointer rests.
  document.addEventListener("pointerover", ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.matches(".pos-servers :is(.name-start, .organization)"))
      return;
    const link = target.closest("a");
    const words = link ? `${link.textContent} · ${link.title}` : (target.textContent ?? "");
    target.title = target.scrollWidth > target.clientWidth ? words : "";
  });
}

/**
 * Opens the menu of a row, with what the server says can be done now, or closes it.
 * @param {HTMLAnchorElement} link
 */
export async function openRowMenu(link) {
  if (hasClosed(link)) return;
  menu.dataset.row = link.closest("tr")?.id;
  const keepOfLast = (/** @type {Event} */ event) => {
    if (opener !== link) event.preventDefault();
  };
  link.addEventListener("htmx:before:swap", keepOfLast);
  const isAnswered = await ask("GET", `${link.pathname}/menu${link.search}`, link, { target: menu });
  link.removeEventListener("htmx:before:swap", keepOfLast);
  if (!isAnswered) showProblem();
  else if (opener === link) menu.showPopover({ source: link });
}

/**
 * Shows a reason that has no room in its row, or closes it.
 * @param {HTMLButtonElement} button
 */
function toggleReason(button) {
  if (hasClosed(button)) return;
  const { textContent: text, title } = button;
  const [words, whole] = reason.children;
  if (words) words.textContent = text;
  if (whole) whole.textContent = title;
  reason.showPopover({ source: button });
}

/**
 * Closes the open popup.
 * @param {HTMLElement} element whose popup is to open next
 * @returns {boolean} whether the popup of this element was the open one
 */
function hasClosed(element) {
  const hasBeenOpen = element === opener && (isOpen() || isClosing);
  isClosing = false;
  menu.hidePopover();
  reason.hidePopover();
  opener?.removeAttribute("aria-expanded");
  opener = element;
  return hasBeenOpen;
}

function isOpen() {
  return document.querySelector("#row-menu:popover-open, #reason:popover-open") !== null;
}

/** A refresh takes away attributes that the server does not send. */
function showState() {
  if (isOpen()) opener?.setAttribute("aria-expanded", "true");
  else opener?.removeAttribute("aria-expanded");
}
