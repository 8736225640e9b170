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
  const lines = selectedLines();
  if (!lines) return;
  const list = document.querySelector(".log-lines");
  if (list instanceof HTMLElement) void copyWhole(list, lines);
});

/** The numbers of the first and the last selected line; null when nothing between them is folded. */
function selectedLines() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return null;
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
