const NUMBER_DIGITS = 10;

/** Folds what people do not tell apart when they search: letter case, Ё and Е, composed and decomposed letters, runs of spaces. */
export function searchText(...parts: (string | null)[]): string {
  return parts
    .filter((part) => part !== null)
    .join("\n")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/[^\S\n]+/g, " ")
    .trim();
}

/** A text whose plain order is the order that people expect: no case, Ё beside Е, no quotes, «2» before «12». */
export function sortText(text: string): string {
  return searchText(text)
    .replace(/[«»"'“”„]/g, "")
    .replace(/\d+/g, (digits) => digits.padStart(NUMBER_DIGITS, "0"));
}
