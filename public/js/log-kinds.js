import { searchText } from "./parts/search-text.js";

const form = document.getElementById("teaching");
const search = document.getElementById("kinds-search");
if (form instanceof HTMLFormElement && search instanceof HTMLInputElement) filterWhileTyping(form, search);

/**
 * Does in the page what the button beside the field would do on the server.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} search
 */
function filterWhileTyping(form, search) {
  // Those that the server has left out are not in the page.
  if (search.defaultValue !== "") return;
  /** @type {HTMLElement[]} */
  const rows = [...form.querySelectorAll("li")];
  const texts = rows.map((row) => searchText(row.querySelector(".kind-line")?.textContent ?? ""));
  const found = document.getElementById("kinds-found");
  const none = document.getElementById("kinds-none");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  form.querySelector("[data-search]")?.toggleAttribute("hidden", true);

  search.addEventListener("input", showFound);
  // Somebody typed before this came.
  if (search.value !== "") showFound();
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  // What is found in the page is found again there, not left out by the server.
  form.addEventListener("formdata", (event) => event.formData.delete("q"));

  function showFound() {
    const wanted = searchText(search.value);
    for (const [index, row] of rows.entries()) row.hidden = !texts[index]?.includes(wanted);
    const shown = rows.filter((row) => !row.hidden).length;
    none?.toggleAttribute("hidden", shown > 0);
    if (found) found.textContent = (found.dataset.text ?? "").replace("{shown}", numbers.format(shown));
  }
}
