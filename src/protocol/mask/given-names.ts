import people from "./people.json" with { type: "json" };

/** Case endings of Russian. */
const ENDING = /(?:ой|ей|ою|ею|ом|ем|[аяуюеыиоьй])$/u;
const MIN_STEM = 2;

const stemsOf = (names: string[]) => new Set(names.join(" ").split(" ").map(stem));
const sure = stemsOf(people.givenNames.sure);
const unsure = stemsOf(people.givenNames.unsure);

/** `unsure`: a name that is a word as well, or a part of other names; null = no given name. In any case of Russian. */
export function givenName(word: string): "sure" | "unsure" | null {
  const wanted = stem(word);
  if (wanted.length < MIN_STEM) return null;
  if (unsure.has(wanted)) return "unsure";
  return sure.has(wanted) ? "sure" : null;
}

function stem(word: string): string {
  return word.toLowerCase().replaceAll("ё", "е").replace(ENDING, "");
}
