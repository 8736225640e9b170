/** Up to Georgian. All of Unicode would make patterns many times as large. */
const LAST_LETTER = 0x10ff;
const LETTERS: Record<string, string> = {
  L: rangesOf(/\p{L}/u),
  Lu: rangesOf(/\p{Lu}/u),
  Ll: rangesOf(/\p{Ll}/u),
};

/** Builds a pattern from a text in which `{NAME}` stands for a fragment, and `\p{L}`, `\p{Lu}`, `\p{Ll}` for letters. */
export function compile(pattern: string, flags: string, fragments: Record<string, string> = {}): RegExp {
  const whole = pattern.replace(/\{([A-Z]{2}[A-Z_]*)\}/g, (_, name: string) => fragments[name] ?? "");
  if (whole !== pattern) return compile(whole, flags, fragments);
  let isInClass = false;
  const plain = pattern.replace(/\\p\{(\w+)\}|\\.|[[\]]/g, (token, letters = "") => {
    if (token === "[" || token === "]") isInClass = token === "[";
    const ranges = LETTERS[letters];
    return ranges === undefined ? token : isInClass ? ranges : `[${ranges}]`;
  });
  return new RegExp(plain, flags);
}

function rangesOf(letter: RegExp): string {
  const letters = Array.from({ length: LAST_LETTER }, (_, code) => String.fromCharCode(code));
  return letters
    .map((one) => (letter.test(one) ? one : " "))
    .join("")
    .replace(/(\S)\S*(\S)| +/g, (_, first, last) => (first ? `${first}-${last}` : ""));
}
