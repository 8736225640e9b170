import { searchText } from "./parts/search-text.js";

const form = document.querySelector("form.rights");
const search = document.getElementById("rights-search");
if (form instanceof HTMLFormElement && search instanceof HTMLInputElement) filterWhileTyping(form, search);

/**
 * Finds and ticks organizations; without JavaScript they are ticked one by one.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} search
 */
function filterWhileTyping(form, search) {
  /** @type {HTMLElement[]} */
  const rows = [...form.querySelectorAll("li")];
  const counts = document.getElementById("rights-counts");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  for (const part of form.querySelectorAll("[data-scripted]")) part.toggleAttribute("hidden", false);

  search.addEventListener("input", showFound);
  // Somebody typed before this came.
  if (search.value !== "") showFound();
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  form.addEventListener("change", showCounts);
  form.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest("button[type=button][name=step]") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    for (const row of rows) if (!row.hidden) tickOf(row).checked = button.value === "all";
    showCounts();
  });

  function showFound() {
    const wanted = searchText(search.value);
    for (const row of rows) row.hidden = !searchText(row.dataset.find ?? "").includes(wanted);
    showCounts();
  }

  function showCounts() {
    if (!counts) return;
    const shown = rows.filter((row) => !row.hidden).length;
    const ticked = rows.filter((row) => tickOf(row).checked).length;
    counts.textContent = (counts.dataset.text ?? "")
      .replace("{shown}", numbers.format(shown))
      .replace("{ticked}", numbers.format(ticked));
  }
}

/** @param {HTMLElement} row */
function tickOf(row) {
  return /** @type {HTMLInputElement} */ (row.querySelector("input"));
}
