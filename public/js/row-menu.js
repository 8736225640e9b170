const { htmx } = /** @type {typeof globalThis & { htmx: import("htmx.org").Htmx }} */ (globalThis);

const menu = /** @type {HTMLElement} */ (document.getElementById("row-menu"));

/** The «⋯» whose menu is open or was asked for. @type {HTMLAnchorElement | null} */
let opener = null;
/** The press has closed the menu already. */
let isClosing = false;

document.addEventListener(
  "pointerdown",
  ({ target }) => {
    isClosing = isOpen() && target instanceof Node && opener?.contains(target) === true;
  },
  { capture: true },
);
menu.addEventListener("toggle", showState);
document.getElementById("freshness")?.addEventListener("htmx:after:swap", showState);

/**
 * Opens the menu of a row, with what the server says can be done now, or closes it.
 * @param {HTMLAnchorElement} link
 * @returns {Promise<boolean>} whether the server has answered
 */
export async function toggleRowMenu(link) {
  if (link === opener && (isOpen() || isClosing)) {
    isClosing = false;
    menu.hidePopover();
    return true;
  }
  opener?.removeAttribute("aria-expanded");
  opener = link;
  menu.dataset.row = link.closest("tr")?.id;
  let hasFailed = false;
  const noteFailure = () => {
    hasFailed = true;
  };
  const keepOfLast = (/** @type {Event} */ event) => {
    if (opener !== link) event.preventDefault();
  };
  link.addEventListener("htmx:error", noteFailure);
  link.addEventListener("htmx:before:swap", keepOfLast);
  try {
    const url = `${link.pathname}/menu${link.search}`;
    await htmx.ajax("GET", url, { source: link, target: menu, swap: "innerHTML" });
  } finally {
    link.removeEventListener("htmx:error", noteFailure);
    link.removeEventListener("htmx:before:swap", keepOfLast);
  }
  if (opener === link && !hasFailed) menu.showPopover({ source: link });
  return !hasFailed;
}

function isOpen() {
  return menu.matches(":popover-open");
}

/** A refresh takes away what the server does not send. */
function showState() {
  if (isOpen()) opener?.setAttribute("aria-expanded", "true");
  else opener?.removeAttribute("aria-expanded");
}
