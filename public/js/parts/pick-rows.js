import { addSheet } from "./dialog.js";

const list = /** @type {HTMLElement} */ (document.querySelector(".list"));
const freshness = document.getElementById("freshness");

/** Which are ticked, also while a refresh replaces their rows. @type {Set<string>} */
const picked = new Set();
/** Where a range begins. @type {string | null} */
let anchor = null;
let isAll = false;

/** Rows of the list are ticked for what is done for many. */
export function pickRows() {
  if (!list) return;
  document.addEventListener("click", ({ target, shiftKey }) => {
    if (target instanceof Element && target.closest(".pick, #pick-rows")) pick(target, shiftKey);
  });
  document.addEventListener("keydown", (event) => {
    const isBusy = document.querySelector("dialog[open], :popover-open, details.menu[open]");
    if (event.key === "Escape" && !isBusy && picked.size > 0) clear();
  });
  freshness?.addEventListener("htmx:after:swap", () => {
    if (picked.size === 0) return;
    for (const box of rowBoxes()) box.checked = picked.has(box.value);
    const all = allBox();
    if (all) all.checked = isAll;
    show();
  });
}

/**
 * Something was pressed that ticks rows: one, with Shift all from the last one on, all of the page, all that are found,
 * or what begins and ends it.
 * @param {Element} target
 * @param {boolean} isRange
 */
function pick(target, isRange) {
  addSheet();
  const box = target.closest("input");
  if (target.closest("#pick-rows")) list.toggleAttribute("data-picking");
  else if (target.closest("#unpick")) clear();
  else if (box?.id === "pick-page") for (const one of rowBoxes()) tick(one, box.checked);
  else if (box?.id === "pick-all") pickAll(box.checked);
  else if (box) pickRow(box, isRange);
  show();
}

/**
 * @param {HTMLInputElement} box
 * @param {boolean} isRange
 */
function pickRow(box, isRange) {
  const boxes = rowBoxes();
  const from = boxes.findIndex(({ value }) => value === anchor);
  const to = boxes.indexOf(box);
  const range = isRange && from >= 0 ? boxes.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const one of range) tick(one, box.checked);
  anchor = box.value;
  if (!box.checked) setAll(false);
}

/** @param {boolean} isOn */
function pickAll(isOn) {
  for (const box of rowBoxes()) tick(box, isOn);
  setAll(isOn);
}

/** @param {boolean} isOn */
function setAll(isOn) {
  isAll = isOn;
  const all = allBox();
  if (all) all.checked = isOn;
}

/**
 * @param {HTMLInputElement} box
 * @param {boolean} isOn
 */
function tick(box, isOn) {
  box.checked = isOn;
  if (isOn) picked.add(box.value);
  else picked.delete(box.value);
}

function clear() {
  pickAll(false);
  picked.clear();
  anchor = null;
  list.removeAttribute("data-picking");
  show();
}

/** How many are ticked, and how many of them have a service to start. */
function show() {
  const boxes = rowBoxes();
  const ticked = [...list.querySelectorAll("tr .pick[name=id]:checked")];
  const bar = list.querySelector(".batch-bar");
  const count = bar?.querySelector("b");
  const { picked: words = "", of = "", total = "0" } = /** @type {HTMLElement | null} */ (bar)?.dataset ?? {};
  if (count) count.textContent = words.replace("{count}", isAll ? total : String(ticked.length));
  // Where all are ticked already there is nothing to choose.
  allBox()
    ?.closest("label")
    ?.toggleAttribute("hidden", !isAll && ticked.length >= Number(total));
  const stopped = ticked.filter((box) => box.closest("tr")?.dataset.state === "service_stopped").length;
  const startable = bar?.querySelector("[value=start] small");
  if (startable) startable.textContent = isAll || stopped === 0 ? "" : of.replace("{count}", String(stopped));
  const page = list.querySelector("#pick-page");
  if (!(page instanceof HTMLInputElement)) return;
  page.checked = ticked.length > 0 && boxes.every(({ checked }) => checked);
  page.indeterminate = ticked.length > 0 && !page.checked;
}

function allBox() {
  const all = list.querySelector("#pick-all");
  return all instanceof HTMLInputElement ? all : null;
}

/** @returns {HTMLInputElement[]} */
function rowBoxes() {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (list.querySelectorAll("tr .pick[name=id]"));
  return [...boxes].filter((box) => box.checkVisibility());
}
