/** Copies whole lines as text, with the lines of folds between them. */

document.addEventListener("copy", (event) => {
  const list = document.querySelector(".log-lines");
  const selection = getSelection();
  if (!(list instanceof HTMLElement) || !selection || selection.isCollapsed) return;
  if (!selection.containsNode(list, true)) return;
  // As text alone: whatever is pasted into would take over that parts of a line have no size.
  event.preventDefault();
  takeWholeLines(selection.getRangeAt(0));
  event.clipboardData?.setData(
    "text/plain",
    withFoldsOpen(selection, () => String(selection)),
  );
});

/**
 * A browser leaves out what is folded.
 * @param {Selection} selection
 * @param {() => string} read
 */
function withFoldsOpen(selection, read) {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const folds = document.querySelectorAll(".log-fold:not([open])");
  const between = [...folds].filter((fold) => selection.containsNode(fold, true));
  for (const fold of between) fold.open = true;
  const text = read();
  for (const fold of between) fold.open = false;
  return text;
}

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
