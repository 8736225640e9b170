/** Buttons that copy a field; they are hidden where there is no script. */
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const field = document.getElementById(button.dataset.copy ?? "");
  if (!(field instanceof HTMLInputElement)) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await copy(field))) return;
    button.textContent = button.dataset.copied ?? "";
    const status = document.getElementById("copied");
    if (status) status.textContent = button.dataset.copied ?? "";
  });
}

/**
 * The clipboard is there only where pages come over TLS; elsewhere the selection is copied.
 * @param {HTMLInputElement} field
 */
async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
