const PLAIN_SELECT_UP_TO = 20;

/**
 * A select of hundreds gets a field to type into; a short one stays as it is.
 * @param {ParentNode} root What has just come.
 */
export async function findInLongSelects(root) {
  for (const select of root.querySelectorAll("select[data-find]")) {
    if (!(select instanceof HTMLSelectElement) || select.options.length <= PLAIN_SELECT_UP_TO) continue;
    const { findInSelect } = await import("./find-in-select.js");
    findInSelect(select);
  }
}
