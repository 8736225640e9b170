/** Shorter words are in too many lines to be worth searching. */
const MIN_WORD_LENGTH = 3;
/** No space: JSON may have something else between two words. */
const LITERAL = /^[\p{L}\p{N}_]$/u;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??$/;
/** An escape, a class, the opening of a group, a quantifier, or any other character. */
const TOKEN =
  /\\(?:p\{[^}]*\}|u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|c\w|k<[^>]*>|\d+|.)|\[(?:\\.|[^\]\\])*\]?|\((?:\?(?:[a-z-]*:|<[\p{L}_]\w*>|<?[=!]))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|./gisu;

/** Words of which a text has at least one, letter case aside. */
type AnyOf = string[];

/** Every matching text has one of these few words; null when a pattern needs no word: any text may match. */
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

/** Every text that matches fits each of them. */
function listChoices(source: string): AnyOf[] {
  // Reversed, so that `pop` gives the next token.
  const tokens = source.match(TOKEN)?.reverse() ?? [];
  const choices = readAlternatives(tokens);
  return tokens.length === 0 ? choices : [];
}

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

/** Leaves out optional and repeated parts. */
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
  // The text of a lookahead or lookbehind is not in the match.
  return /[=!]$/.test(opening) ? [] : choices;
}

function shortest(words: AnyOf): number {
  return Math.min(...words.map((word) => word.length));
}
