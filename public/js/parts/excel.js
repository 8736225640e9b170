/** Some browsers read the file only after the click has been handled. */
const KEPT_MS = 60_000;

/**
 * @typedef {{ preparing: string, preparingFile: string, done: string, unreachable: string, failed: string }} Texts
 */

/**
 * Downloads the file of a link, says that it is being prepared, and shows beside the link why there is none.
 * @param {HTMLAnchorElement} link
 */
export async function downloadFile(link) {
  if (link.hasAttribute("data-busy")) return;
  /** @type {Texts} */
  const texts = JSON.parse(link.dataset.excel ?? "{}");
  const label = link.querySelector("span");
  const status = document.getElementById("excel-status");
  const problem = document.getElementById("excel-problem");
  const name = label?.textContent ?? "";

  showBusy(true);
  const message = await download(link.href, texts);
  showBusy(false);
  if (status) status.textContent = message === null ? texts.done : "";
  if (problem) {
    problem.replaceChildren(...(message ?? []));
    problem.hidden = message === null;
  }

  /** @param {boolean} isBusy */
  function showBusy(isBusy) {
    link.toggleAttribute("data-busy", isBusy);
    if (label) label.textContent = isBusy ? texts.preparing : name;
    if (isBusy && status) status.textContent = texts.preparingFile;
    if (isBusy && problem) problem.hidden = true;
  }
}

/**
 * @param {string} url
 * @param {Texts} texts
 * @returns {Promise<(string | Node)[] | null>} why there is no file, or null when the browser has saved it
 */
async function download(url, texts) {
  try {
    const response = await fetch(url, { headers: { "hx-request": "true", "hx-request-type": "partial" } });
    // The session has ended: the page itself knows best where to come back to.
    if (response.headers.has("hx-redirect")) location.reload();
    if (!response.ok) return messageIn(await response.text()) ?? [texts.failed];
    save(await response.blob(), fileName(response.headers.get("content-disposition") ?? ""));
    return null;
  } catch {
    return [texts.unreachable];
  }
}

/**
 * The text and the links of a message.
 * @param {string} html
 * @returns {Node[] | null}
 */
function messageIn(html) {
  const message = new DOMParser().parseFromString(html, "text/html").querySelector("[role=alert]");
  return message && [...message.childNodes];
}

/** @param {string} disposition */
function fileName(disposition) {
  return decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1] ?? "");
}

/**
 * @param {Blob} file
 * @param {string} name
 */
function save(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
