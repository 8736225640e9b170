/**
 * A text as searches compare it, folded as the server folds it: letter case, Ё and Е, composed and decomposed letters, runs of spaces.
 * @param {string} text
 */
export function searchText(text) {
  return text.normalize("NFKC").trim().toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ");
}
