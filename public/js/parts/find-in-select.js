import { searchText } from "./search-text.js";

const PLAIN_SELECT_UP_TO = 20;
const SHOWN_OPTIONS = 50;
const numbers = new Intl.NumberFormat(document.documentElement.lang);

/**
 * A select of hundreds, or one that asks for its options, gets a field to type into; a short one stays as it is.
 * @param {ParentNode} root What has just come.
 */
export function findInLongSelects(root) {
  for (const select of root.querySelectorAll("select[data-find]"))
    if (select instanceof HTMLSelectElement && isLong(select) && !select.hidden) findInSelect(select);
}

/** @param {HTMLSelectElement} select */
function isLong({ options, dataset }) {
  return options.length > PLAIN_SELECT_UP_TO || dataset.others !== undefined;
}

/**
 * Puts a field to type into in the place of a select: an editable combobox with a list (WAI-ARIA practices).
 * The select stays in the form, hidden, and holds the value.
 * @param {HTMLSelectElement} select with `data-find` (placeholder), `data-nothing` (no match) and `data-more` (that
 *   there are more than are shown, with `{shown}` and `{total}`); with `data-others` its options come from that address
 */
function findInSelect(select) {
  const listId = `${select.id}-list`;
  const input = document.createElement("input");
  input.type = "text";
  input.id = `${select.id}-find`;
  input.autocomplete = "off";
  input.placeholder = select.dataset.find ?? "";
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", listId);
  for (const attribute of ["aria-invalid", "aria-describedby"]) {
    const value = select.getAttribute(attribute);
    if (value) input.setAttribute(attribute, value);
  }
  const list = document.createElement("ul");
  list.id = listId;
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  const label = document.querySelector(`label[for="${select.id}"]`);
  if (label instanceof HTMLLabelElement) {
    label.htmlFor = input.id;
    list.setAttribute("aria-label", label.textContent ?? "");
  }
  const isFocused = document.activeElement === select;
  select.hidden = true;
  select.after(input, list);

  let sought = "";
  /** @type {Promise<void> | null} */
  let coming = null;
  /** @type {HTMLOptionElement[]} */
  let shown = [];
  let active = -1;
  showChosen();
  input.defaultValue = input.value; // nobody has typed anything yet
  if (isFocused) input.focus();

  input.addEventListener("focus", () => {
    input.select();
    addOthers();
  });
  input.addEventListener("click", () => openWhole(""));
  input.addEventListener("input", () => openWhole(input.value));
  input.addEventListener("blur", () => {
    close();
    showChosen();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) openWhole("");
      else moveTo(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && coming) {
      event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      choose(shown[Math.max(active, 0)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
      showChosen();
    }
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (item) choose(shown[[...list.children].indexOf(item)]);
  });

  /** @param {string} typed */
  async function openWhole(typed) {
    sought = typed;
    await addOthers();
    if (sought === typed && document.activeElement === input) open(typed);
  }

  /** Without an answer they are asked for again the next time. */
  async function addOthers() {
    const url = select.dataset.others;
    if (url === undefined) return;
    coming ??= replaceOptions(select, url).finally(() => {
      coming = null;
    });
    await coming;
  }

  /** @param {string} typed */
  function open(typed) {
    const wanted = searchText(typed);
    const found = [...select.options].filter((option) => searchText(option.text).includes(wanted));
    shown = found.slice(0, SHOWN_OPTIONS);
    list.replaceChildren(
      ...shown.map((option, index) => {
        const item = document.createElement("li");
        item.id = `${listId}-${index}`;
        item.textContent = option.text;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(option.selected));
        return item;
      }),
    );
    const note = noteOf(found.length);
    if (note) list.append(note);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    moveTo(wanted ? 0 : -1);
  }

  /** @param {number} found */
  function noteOf(found) {
    if (found > 0 && found === shown.length) return null;
    const text = found === 0 ? select.dataset.nothing : select.dataset.more;
    const note = document.createElement("li");
    note.className = "options-note";
    note.setAttribute("role", "option");
    note.setAttribute("aria-disabled", "true");
    note.textContent = (text ?? "")
      .replace("{shown}", numbers.format(shown.length))
      .replace("{total}", numbers.format(found));
    return note;
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  function moveTo(index) {
    active = Math.min(Math.max(index, -1), shown.length - 1);
    [...list.children].forEach((item, position) => {
      item.classList.toggle("is-active", position === active);
    });
    const item = active < shown.length ? list.children[active] : undefined;
    if (!item) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLOptionElement | undefined} option */
  function choose(option) {
    if (!option) return;
    select.value = option.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    close();
    showChosen();
  }

  function showChosen() {
    input.value = select.selectedOptions[0]?.text ?? "";
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {string} url
 */
async function replaceOptions(select, url) {
  const headers = { "HX-Request-Type": "partial" };
  const answer = await fetch(url, { headers, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  select.innerHTML = await answer.text();
  delete select.dataset.others;
}
