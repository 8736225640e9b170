/** How long a button says that it has copied. */
const SAID_FOR_MS = 2_000;

/** Buttons that copy a field, or the text of something else; they are hidden where there is no script. */
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const source = document.getElementById(button.dataset.copy ?? "");
  if (!source) continue;
  const label = button.querySelector("[data-label]") ?? button;
  const status = document.getElementById("copied");
  const [text, copied = ""] = [label.textContent, button.dataset.copied];
  let timer = 0;
  button.hidden = false;
  if ("focused" in button.dataset) button.focus();
  button.addEventListener("click", async () => {
    if (!(await copy(source))) return;
    label.textContent = copied;
    if (status) status.textContent = copied;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      label.textContent = text;
      if (status) status.textContent = "";
    }, SAID_FOR_MS);
  });
}

/**
 * The clipboard is there only where pages come over TLS; elsewhere the selection is copied.
 * @param {HTMLElement} source
 */
async function copy(source) {
  const isField = source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement;
  try {
    await navigator.clipboard.writeText(isField ? source.value : (source.textContent ?? ""));
    return true;
  } catch {
    source.closest("details")?.setAttribute("open", "");
    if (isField) source.select();
    else getSelection()?.selectAllChildren(source);
    return document.execCommand("copy");
  }
}
