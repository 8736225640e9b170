const SHOWN_OPTIONS = 50;

/**
 * Puts a field to type into in the place of a select: an editable combobox with a list (WAI-ARIA practices).
 * The select stays in the form, hidden, and holds the value.
 * @param {HTMLSelectElement} select with `data-find` (placeholder) and `data-nothing` (no match)
 */
export function findInSelect(select) {
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
  select.hidden = true;
  select.after(input, list);

  /** @type {HTMLOptionElement[]} */
  let shown = [];
  let active = -1;
  showChosen();

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => open(""));
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("blur", () => {
    close();
    showChosen();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open("");
      else moveTo(active + (event.key === "ArrowDown" ? 1 : -1));
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
  function open(typed) {
    const wanted = fold(typed);
    shown = [...select.options]
      .filter((option) => fold(option.text).includes(wanted))
      .slice(0, SHOWN_OPTIONS);
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
    if (shown.length === 0) {
      const nothing = document.createElement("li");
      nothing.className = "options-nothing";
      nothing.textContent = select.dataset.nothing ?? "";
      list.append(nothing);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    moveTo(wanted ? 0 : -1);
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
    const item = list.children[active];
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

/** @param {string} text */
function fold(text) {
  return text.trim().toLowerCase().replaceAll("ё", "е");
}
