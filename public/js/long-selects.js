const PLAIN_SELECT_UP_TO = 20;

/** What is folded, as the filter on a phone, may never be seen; what is scrolled to is ready when it is. */
const MARGIN = { rootMargin: "400px" };
const whenSeen = new IntersectionObserver(async (entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting || !(target instanceof HTMLSelectElement)) continue;
    whenSeen.unobserve(target);
    const { findInSelect } = await import("./find-in-select.js");
    findInSelect(target);
  }
}, MARGIN);

/**
 * A select of hundreds gets a field to type into; a short one stays as it is.
 * @param {ParentNode} root What has just come.
 */
export function findInLongSelects(root) {
  for (const select of root.querySelectorAll("select[data-find]"))
    if (select instanceof HTMLSelectElement && select.options.length > PLAIN_SELECT_UP_TO)
      whenSeen.observe(select);
}
