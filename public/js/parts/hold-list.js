import { addSheet } from "./dialog.js";

/** A page that nobody has touched for so long is read by nobody. */
const IDLE_MS = 30_000;
const LOOK_EVERY_MS = 5_000;

const list = /** @type {HTMLElement} */ (document.querySelector(".list"));
const freshness = /** @type {HTMLElement} */ (document.getElementById("freshness"));
let touchedAt = 0;
/** What was held back is asked for again, as it is. */
let isReleased = false;

/** While somebody reads the list its rows stay where they are. */
export function holdList() {
  if (!list) return;
  for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"])
    addEventListener(kind, () => (touchedAt = Date.now()), { passive: true, capture: true });

  const change = Object.assign(document.createElement("button"), {
    className: "button list-change",
    type: "button",
    hidden: true,
    textContent: JSON.parse(freshness.dataset.texts ?? "{}").changed,
    onclick: () => {
      release();
      scrollTo({ top: 0, behavior: "instant" });
    },
  });
  const status = Object.assign(document.createElement("div"), { role: "status" });
  status.append(change);
  list.append(status);
  setInterval(() => {
    if (!change.hidden && !isRead()) release();
  }, LOOK_EVERY_MS);

  freshness.addEventListener("htmx:config:request", (event) => {
    if (isReleased) delete (/** @type {CustomEvent} */ (event).detail.ctx.request.headers["HX-PTag"]);
  });
  freshness.addEventListener("htmx:before:swap", (event) => {
    /** @type {{ target: Element | null, fragment: DocumentFragment }[]} */
    const tasks = /** @type {CustomEvent} */ (event).detail.tasks;
    const task = tasks.find(({ target }) => target?.id === "below-filter");
    if (!task) return; // nothing has changed, or the server could not answer
    const table = task.fragment.querySelector("table");
    change.hidden = isReleased || !table || !isRead() || !hold(table);
    if (!change.hidden) addSheet();
    isReleased = false;
  });
}

function release() {
  isReleased = true;
  freshness.dispatchEvent(new CustomEvent("refresh"));
}

function isRead() {
  const isBusy = document.querySelector("dialog[open], :popover-open, .list .pick:checked") !== null;
  return isBusy || Date.now() - touchedAt < IDLE_MS;
}

/**
 * Lets the rows that are shown stay where they are: with what is new in them; those that are gone fade, and those that
 * come in stand below. @param {HTMLTableElement} table as it comes. @returns {boolean} whether that differs.
 */
function hold(table) {
  const shown = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("tbody tr")]);
  const isInSight = (/** @type {HTMLElement} */ row) =>
    row.checkVisibility() && row.getBoundingClientRect().top < innerHeight;
  const held = shown.slice(0, shown.findLastIndex(isInSight) + 1);
  const arrived = [...table.querySelectorAll("tbody tr")];
  if (held.every(({ id }, index) => arrived[index]?.id === id)) return false;
  const arrivedById = new Map(arrived.map((row) => [row.id, row]));
  /** @type {Map<Element | null, Element>} */
  const bodies = new Map();
  const rest = [...table.tBodies];
  for (const row of held) {
    const before = row.parentElement;
    const body = bodies.get(before) ?? /** @type {Element} */ (before?.cloneNode(false));
    bodies.set(before, body);
    const now = arrivedById.get(row.id);
    const next = now ?? /** @type {Element} */ (row.cloneNode(true));
    next.toggleAttribute("data-left", !now);
    body.append(next);
  }
  table.tHead?.after(...bodies.values());
  for (const body of rest) if (body.rows.length === 0) body.remove();
  return true;
}
