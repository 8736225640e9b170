const { htmx } = /** @type {typeof globalThis & { htmx: import("htmx.org").Htmx }} */ (globalThis);

/**
 * Links with `data-dialog` open in the page's dialog, and the forms in it are sent from there: what the server answers takes
 * the place of what it shows. Everything in it is a page of its own too, for whoever has no script.
 */
export function openLinksInDialog() {
  const dialog = document.getElementById("dialog");
  const content = document.getElementById("dialog-content");
  const problem = document.getElementById("dialog-problem");
  if (!(dialog instanceof HTMLDialogElement) || !content || !problem) return;

  /** @type {string | null} */
  let openedFrom = null;
  let isLoading = false;
  let isPressedOutside = false;

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-dialog]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!dialog.open) openedFrom = link.getAttribute("href");
    load(link, "GET", link.href, event);
  });

  dialog.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "dialog") return;
    event.preventDefault();
    load(form, form.method, form.getAttribute("action") ?? "", event);
  });

  dialog.addEventListener("mousedown", (event) => {
    isPressedOutside = event.target === dialog;
  });
  dialog.addEventListener("click", (event) => {
    const isClose = event.target instanceof Element && event.target.closest("[data-dialog-close]");
    if (isClose) event.preventDefault();
    const isOutside = event.target === dialog && isPressedOutside;
    if (isClose || (isOutside && !isAnythingTyped(content))) dialog.close();
  });
  dialog.addEventListener("close", () => {
    content.replaceChildren();
    if (document.activeElement && document.activeElement !== document.body) return;
    const link = document.querySelector(`a[data-dialog][href="${CSS.escape(openedFrom ?? "")}"]`);
    if (link instanceof HTMLElement) link.focus();
  });

  /**
   * @param {HTMLElement} source
   * @param {string} method
   * @param {string} url
   * @param {Event} event
   */
  async function load(source, method, url, event) {
    if (isLoading || !(dialog instanceof HTMLDialogElement) || !content || !problem) return;
    const wasOpen = dialog.open;
    let hasFailed = false;
    const noteFailure = () => {
      hasFailed = true;
    };
    isLoading = true;
    problem.hidden = true;
    source.setAttribute("aria-busy", "true");
    source.addEventListener("htmx:error", noteFailure);
    try {
      await htmx.ajax(method, url, { source, event, target: content, swap: "innerHTML" });
    } finally {
      isLoading = false;
      source.removeAttribute("aria-busy");
      source.removeEventListener("htmx:error", noteFailure);
    }
    problem.hidden = !hasFailed;
    if (wasOpen && !dialog.open) return content.replaceChildren();
    if (!dialog.open) dialog.showModal();
    if (!hasFailed) focusIn(content);
  }
}

/** @param {HTMLElement} content */
function focusIn(content) {
  const wanted = ["[aria-invalid=true]", "[autofocus]", "#dialog-title"]
    .map((selector) => content.querySelector(selector))
    .find((element) => element !== null);
  if (wanted instanceof HTMLElement) wanted.focus();
}

/**
 * Whether closing would lose what somebody typed.
 * @param {HTMLElement} content
 */
function isAnythingTyped(content) {
  if (content.querySelector("[aria-invalid=true]")) return true;
  return [...content.querySelectorAll("input, textarea")].some((field) =>
    field instanceof HTMLInputElement
      ? field.value !== field.defaultValue || field.checked !== field.defaultChecked
      : field instanceof HTMLTextAreaElement && field.value !== field.defaultValue,
  );
}
