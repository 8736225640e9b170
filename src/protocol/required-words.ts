/** Shorter words are in too many lines to be worth looking for. */
const MIN_WORD_LENGTH = 3;
/** Without the space: in JSON something else may stand between two words. */
const LITERAL = /^[\p{L}\p{N}_]$/u;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??$/;
/** An escape, a class, how a group opens, a quantifier, or any other character. */
const TOKEN =
  /\\(?:p\{[^}]*\}|u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|c\w|k<[^>]*>|\d+|.)|\[(?:\\.|[^\]\\])*\]?|\((?:\?(?:[a-z-]*:|<[\p{L}_]\w*>|<?[=!]))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|./gisu;

/** Words of which a text has at least one, letter case aside. */
type AnyOf = string[];

/**
 * Finds a small set of words such that every text which one of the patterns matches has at least one of them.
 * @returns null when a pattern needs no word: any text may match.
 */
export function requiredWords(sources: readonly string[]): string[] | null {
  const choices = sources.map(listChoices);
  const uses = new Map<string, number>();
  for (const word of choices.flatMap((ofPattern) => [...new Set(ofPattern.flat())]))
    uses.set(word, (uses.get(word) ?? 0) + 1);
  const commonness = (words: AnyOf) => Math.min(...words.map((word) => uses.get(word) ?? 0));
  // Between equals any order will do that is the same for all patterns.
  const byUse = (a: AnyOf, b: AnyOf) => commonness(b) - commonness(a) || (a.join() < b.join() ? -1 : 1);
  const chosen = choices.map((ofPattern) => ofPattern.toSorted(byUse).at(0));
  return chosen.every((words) => words !== undefined) ? [...new Set(chosen.flat())] : null;
}

/** Each of them is in whatever the pattern matches. */
function listChoices(source: string): AnyOf[] {
  // Reversed, so that `pop` gives the next token.
  const tokens = source.match(TOKEN)?.reverse() ?? [];
  const choices = readAlternatives(tokens);
  return tokens.length === 0 ? choices : [];
}

/** Alternatives: a text has the words of one of them. */
function readAlternatives(tokens: string[]): AnyOf[] {
  const alternatives = [readSequence(tokens)];
  while (tokens.at(-1) === "|") {
    tokens.pop();
    alternatives.push(readSequence(tokens));
  }
  const [first = [], ...others] = alternatives;
  if (others.length === 0) return first;
  const longest = alternatives.map((choices) => choices.toSorted((a, b) => shortest(b) - shortest(a)).at(0));
  return longest.every((words) => words !== undefined) ? [longest.flat()] : [];
}

/** A sequence: a text has the words of each part that is neither optional nor repeated. */
function readSequence(tokens: string[]): AnyOf[] {
  const choices: AnyOf[] = [];
  let run = "";
  const endRun = () => {
    if (run.length >= MIN_WORD_LENGTH) choices.push([run]);
    run = "";
  };
  while (tokens.length > 0 && !/^[|)]$/.test(tokens.at(-1) ?? "")) {
    const token = tokens.pop() ?? "";
    const inGroup = token.startsWith("(") ? readGroup(token, tokens) : [];
    const isRepeated = QUANTIFIER.test(tokens.at(-1) ?? "");
    if (isRepeated) tokens.pop();
    if (LITERAL.test(token) && !isRepeated) run += token;
    else endRun();
    if (!isRepeated) choices.push(...inGroup);
  }
  endRun();
  return choices;
}

function readGroup(opening: string, tokens: string[]): AnyOf[] {
  const choices = readAlternatives(tokens);
  if (tokens.at(-1) === ")") tokens.pop();
  // What must stand beside a match is not in it, what must not stand there is nowhere.
  return /[=!]$/.test(opening) ? [] : choices;
}

function shortest(words: AnyOf): number {
  return Math.min(...words.map((word) => word.length));
}
