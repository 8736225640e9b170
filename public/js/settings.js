/** What was changed and is not saved yet stands in a bar; what differs from the default can be put back. */
const form = /** @type {HTMLFormElement} */ (document.querySelector("form.settings"));
const bar = /** @type {HTMLElement} */ (form.querySelector(".settings-bar"));
const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[data-saved]")]);
const unsaved = /** @type {HTMLElement} */ (bar.querySelector("p"));

form.classList.add("settings-live");
form.addEventListener("input", show);
form.addEventListener("click", (event) => {
  const restore = event.target instanceof Element ? event.target.closest("button[name=restore]") : null;
  const input = inputs.find(({ name }) => name === restore?.getAttribute("value"));
  if (!restore || !input) return;
  event.preventDefault();
  input.value = restore.getAttribute("data-standard") ?? "";
  input.focus();
  show();
});
form.addEventListener("reset", (event) => {
  event.preventDefault();
  for (const input of inputs) {
    if (input.type === "checkbox") input.checked = input.dataset.saved !== "";
    else input.value = input.dataset.saved ?? "";
  }
  bar.removeAttribute("data-open");
  show();
});
show();

/** @param {HTMLInputElement} input */
function shownIn(input) {
  return input.type === "checkbox" && !input.checked ? "" : input.value;
}

function show() {
  const changed = inputs.filter((input) => shownIn(input) !== input.dataset.saved);
  bar.hidden = changed.length === 0 && !bar.hasAttribute("data-open");
  for (const button of form.querySelectorAll("[type=reset]"))
    button.toggleAttribute("hidden", changed.length === 0);
  for (const button of form.querySelectorAll("button[name=restore]")) {
    const input = inputs.find(({ name }) => name === button.getAttribute("value"));
    button.toggleAttribute("hidden", input?.value === button.getAttribute("data-standard"));
  }
  unsaved.hidden = changed.length === 0;
  const what = unsaved.querySelector("span");
  if (what) what.textContent = changed.map(inWords).join(", ");
}

/** @param {HTMLInputElement} input */
function inWords(input) {
  const label = input.labels?.[0]?.textContent?.trim();
  if (input.type === "checkbox") return label;
  return `${label}: ${input.dataset.saved || "—"} → ${input.value || "—"}`;
}
