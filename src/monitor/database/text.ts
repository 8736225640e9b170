const NUMBER_DIGITS = 10;

/** Folds what does not matter for a search: letter case, Ё and Е, composed and decomposed letters, runs of spaces. */
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

/** A text that sorts as people expect: without case and quotes, Ё as Е, «2» before «12». */
export function sortText(text: string): string {
  return searchText(text)
    .replace(/[«»"'“”„]/g, "")
    .replace(/\d+/g, (digits) => digits.padStart(NUMBER_DIGITS, "0"));
}

/** The name, with a number if it is among these, letter case aside: `KASSA`, `KASSA 2`. */
export function firstFree(name: string, among: readonly { name: string }[]): string {
  const taken = new Set(among.map((other) => searchText(other.name)));
  let free = name;
  for (let number = 2; taken.has(searchText(free)); number++) free = `${name} ${number}`;
  return free;
}
