/** F8 and Shift+F8 lead to the next and the previous error, as in editors. */
addEventListener("keydown", (event) => {
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
  const link = document.querySelector(`a[aria-keyshortcuts="${event.shiftKey ? "Shift+F8" : "F8"}"]`);
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  link.click();
});

/**
 * The line beside the link that is about to be replaced by more lines, and where it stands.
 * @type {{ line: Element, top: number } | null}
 */
let beside = null;

document.addEventListener("htmx:before:swap", (event) => {
  const more = event.target instanceof Element ? event.target.closest(".log-more") : null;
  const line = more?.nextElementSibling ?? more?.previousElementSibling;
  beside = line ? { line, top: line.getBoundingClientRect().top } : null;
});

/** What is read stays where it is when lines come in above it, and the keyboard stays there too. */
document.addEventListener("htmx:after:swap", () => {
  if (!beside) return;
  const { line, top } = beside;
  beside = null;
  scrollBy({ top: line.getBoundingClientRect().top - top, behavior: "instant" });
  const number = line.querySelector(".log-number");
  if (number instanceof HTMLElement) number.focus({ preventScroll: true });
});
