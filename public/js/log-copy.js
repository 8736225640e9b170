/** What is copied across a fold gets the lines that are folded, too: they come from the server. */

const SHOWN_MS = 4_000;
/**
 * A text that is to be copied instead of what is selected.
 * @type {string | null}
 */
let whole = null;

document.addEventListener("copy", (event) => {
  if (whole !== null) {
    event.preventDefault();
    event.clipboardData?.setData("text/plain", whole);
    return;
  }
  const list = document.querySelector(".log-lines");
  const selection = getSelection();
  if (!(list instanceof HTMLElement) || !selection || selection.isCollapsed) return;
  if (!selection.containsNode(list, true)) return;
  // As text alone: whatever is pasted into would take over that parts of a line have no size.
  event.preventDefault();
  takeWholeLines(selection.getRangeAt(0));
  event.clipboardData?.setData("text/plain", String(selection));
  const lines = selectedLines(selection);
  if (lines) void copyWhole(list, lines);
});

/**
 * Who selects a line from its first visible character to its last means all of it, also what its columns leave out; a
 * time alone stays alone.
 * @param {Range} range
 */
function takeWholeLines(range) {
  if (closest(range.commonAncestorContainer, ".log-time")) return;
  const first = closest(range.startContainer, ".log-text");
  const last = closest(range.endContainer, ".log-text");
  const rest = document.createRange();
  if (first) {
    rest.setStart(first, 0);
    rest.setEnd(range.startContainer, range.startOffset);
    if (!showsAnything(rest)) range.setStart(first, 0);
  }
  if (last) {
    rest.selectNodeContents(last);
    rest.setStart(range.endContainer, range.endOffset);
    if (!showsAnything(rest)) range.setEnd(last, last.childNodes.length);
  }
}

/**
 * @param {Node} node
 * @param {string} selector
 */
function closest(node, selector) {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest(selector) ?? null;
}

/** @param {Range} range */
function showsAnything(range) {
  const content = range.cloneContents();
  for (const aside of content.querySelectorAll(".log-aside")) aside.remove();
  return content.textContent !== "";
}

/**
 * The numbers of the first and the last selected line; null when nothing between them is folded.
 * @param {Selection} selection
 */
function selectedLines(selection) {
  /** @type {NodeListOf<HTMLElement>} */
  const all = document.querySelectorAll(".log-lines > li");
  const rows = [...all].filter((row) => selection.containsNode(row, true));
  if (!rows.some(({ dataset }) => dataset.from)) return null;
  const numbers = rows.flatMap(({ id, dataset }) =>
    dataset.from
      ? [Number(dataset.from), Number(dataset.to)]
      : /^L\d+$/.test(id)
        ? [Number(id.slice(1))]
        : [],
  );
  return { from: Math.min(...numbers), to: Math.max(...numbers) };
}

/**
 * @param {HTMLElement} list
 * @param {{ from: number, to: number }} lines
 */
async function copyWhole({ dataset }, { from, to }) {
  try {
    const query = new URLSearchParams({ from: String(from), to: String(to) });
    const show = new URLSearchParams(location.search).get("show");
    if (show) query.set("show", show);
    const answer = await fetch(`${dataset.textUrl}?${query}`);
    if (!answer.ok) return say(answer.status === 413 ? dataset.tooMany : dataset.notCopied);
    await write(await answer.text());
    say(dataset.copied);
  } catch {
    say(dataset.notCopied);
  }
}

/**
 * The clipboard belongs to pages that come over HTTPS; others may copy what a person has just copied.
 * @param {string} text
 */
async function write(text) {
  if (navigator.clipboard) return await navigator.clipboard.writeText(text);
  whole = text;
  const isCopied = document.execCommand("copy");
  whole = null;
  if (!isCopied) throw new Error("the browser did not copy it");
}

/** @param {string | undefined} text */
function say(text) {
  const place = document.querySelector("#copied");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = false;
  place.textContent = text ?? "";
  setTimeout(() => {
    place.hidden = true;
  }, SHOWN_MS);
}
