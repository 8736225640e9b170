import "./parts/log-copy.js";

/** F8 and Shift+F8 lead to the next and the previous error, as in editors. */
addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
  const link = document.querySelector(`a[aria-keyshortcuts="${event.shiftKey ? "Shift+F8" : "F8"}"]`);
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  link.click();
});

/** Enter and Shift+Enter in the search field lead to the next and the previous match; the field is left only by hand. */
const SEARCHED = "log-viewer-searched";
const find = document.querySelector(".log-find");
const text = document.querySelector("#text");
if (find instanceof HTMLFormElement && text instanceof HTMLInputElement) {
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const keys = event.shiftKey ? "Shift+Enter" : "Enter";
    find.requestSubmit(find.querySelector(`button[aria-keyshortcuts="${keys}"]`));
  });
  find.addEventListener("submit", () => {
    if (document.activeElement === text) sessionStorage.setItem(SEARCHED, "1");
  });
  // Going to the line of the address takes the focus away.
  if (sessionStorage.getItem(SEARCHED)) addEventListener("load", () => text.focus({ preventScroll: true }));
  sessionStorage.removeItem(SEARCHED);
}

/** «/» leads to the search, as in the list. */
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target instanceof Element && event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  if (text instanceof HTMLInputElement) text.select();
});

/** A switch is a link that the space bar turns too. */
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !(event.target instanceof HTMLAnchorElement) || event.target.role !== "switch")
    return;
  event.preventDefault();
  event.target.click();
});

/** In the strip of time the arrows go from link to link, so that Tab passes it in one step. */
for (const strip of document.querySelectorAll(".log-strip")) {
  const links = [...strip.querySelectorAll("a")];
  /** @param {HTMLAnchorElement | undefined} current */
  const stopAt = (current) => {
    for (const link of links) link.tabIndex = link === current ? 0 : -1;
  };
  /** Those for fingers or those for a mouse, whichever are there. */
  const shown = () => links.filter((link) => link.getClientRects().length > 0);
  const stop = () => {
    const there = shown();
    stopAt(there.find((link) => link.hasAttribute("aria-current")) ?? there[0]);
  };
  stop();
  addEventListener("resize", stop);
  strip.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || !(event.target instanceof HTMLAnchorElement)) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const there = shown();
    const next = step && there[there.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    stopAt(next);
    next.focus();
  });
}

/**
 * What stands beside the link that is about to be replaced by more lines, and where.
 * @type {{ line: Element, top: number } | null}
 */
let beside = null;

document.addEventListener("htmx:before:swap", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const more = target?.closest(".log-more");
  const line = lineAfter(more) ?? more?.previousElementSibling;
  beside = line ? { line, top: line.getBoundingClientRect().top } : null;
});

/** What is read stays where it is when lines come in above it, and the keyboard stays there too. */
document.addEventListener("htmx:after:swap", () => {
  if (!beside) return;
  const { line, top } = beside;
  beside = null;
  scrollBy({ top: line.getBoundingClientRect().top - top, behavior: "instant" });
  focusOn(line);
});

/** @param {Element | null | undefined} more */
function lineAfter(more) {
  const next = more?.nextElementSibling;
  return next?.matches(".log-day") ? next.nextElementSibling : next;
}

/** @param {Element | null} row */
function focusOn(row) {
  const link = row?.querySelector("summary, a");
  if (link instanceof HTMLElement) link.focus({ preventScroll: true });
}

/** «Где ещё?» takes what is selected in the log. */
const whereElse = document.querySelector("#where-else");
document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  const isInLog = selection?.anchorNode?.parentElement?.closest(".log-lines");
  // A press of the link itself takes the selection away.
  if (!(whereElse instanceof HTMLAnchorElement) || !selection || selection.isCollapsed || !isInLog) return;
  const url = new URL(whereElse.href);
  url.searchParams.set("text", String(selection).trim().slice(0, 1_000));
  url.searchParams.delete("words");
  whereElse.href = url.href;
});
