import { ask, showProblem } from "./dialog.js";

const menu = /** @type {HTMLElement} */ (document.getElementById("row-menu"));

/** The «⋯» whose menu is open or was asked for. @type {HTMLAnchorElement | null} */
let opener = null;
/** The press has closed the menu already. */
let isClosing = false;

/** Pages without a list of POS servers have no such menu. */
export function startRowMenu() {
  if (!menu) return;
  document.addEventListener(
    "pointerdown",
    ({ target }) => {
      isClosing = isOpen() && target instanceof Node && opener?.contains(target) === true;
    },
    { capture: true },
  );
  menu.addEventListener("toggle", showState);
  document.getElementById("freshness")?.addEventListener("htmx:after:swap", showState);
  // Space presses what looks like a button.
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== " " || !(target instanceof HTMLElement) || !target.matches("a.others-button")) return;
    event.preventDefault();
    target.click();
  });
}

/**
 * Opens the menu of a row, with what the server says can be done now, or closes it.
 * @param {HTMLAnchorElement} link
 */
export async function openRowMenu(link) {
  if (link === opener && (isOpen() || isClosing)) {
    isClosing = false;
    menu.hidePopover();
    return;
  }
  opener?.removeAttribute("aria-expanded");
  opener = link;
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

function isOpen() {
  return menu.matches(":popover-open");
}

/** A refresh takes away what the server does not send. */
function showState() {
  if (isOpen()) opener?.setAttribute("aria-expanded", "true");
  else opener?.removeAttribute("aria-expanded");
}
