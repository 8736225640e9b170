/** Shorter words are in too many lines to be worth looking for. */
const MIN_WORD_LENGTH = 3;
const LITERAL = /[\p{L}\p{N} _]/u;

/** Words of which a text has at least one, letter case aside. */
type AnyOf = string[];

/**
 * Finds words of which a text has at least one when any of these patterns matches it, as few as their sources tell.
 * @returns null when one of them does not tell: any text may match.
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
  const reader = { source, position: 0 };
  const choices = readAlternatives(reader);
  return reader.position === source.length ? choices : [];
}

interface Reader {
  source: string;
  position: number;
}

/** One of several: a text has the words of any of them. */
function readAlternatives(reader: Reader): AnyOf[] {
  const alternatives: AnyOf[][] = [];
  do alternatives.push(readSequence(reader));
  while (take(reader, "|"));
  const [first = [], ...others] = alternatives;
  if (others.length === 0) return first;
  const longest = alternatives.map((choices) => choices.toSorted((a, b) => shortest(b) - shortest(a)).at(0));
  return longest.every((words) => words !== undefined) ? [longest.flat()] : [];
}

/** One after the other: a text has the words of each. */
function readSequence(reader: Reader): AnyOf[] {
  const choices: AnyOf[] = [];
  let run = "";
  const endRun = () => {
    if (run.trim().length >= MIN_WORD_LENGTH) choices.push([run.trim()]);
    run = "";
  };
  while (reader.position < reader.source.length && !/[|)]/.test(peek(reader))) {
    const character = peek(reader);
    const atom = readAtom(reader);
    const isRepeated = takeQuantifier(reader);
    if (atom === "literal" && !isRepeated) run += character;
    else endRun();
    if (atom !== "literal" && !isRepeated) choices.push(...atom);
  }
  endRun();
  return choices;
}

/** One element of a sequence: a character that stands for itself, a group with its words, or anything else. */
function readAtom(reader: Reader): "literal" | AnyOf[] {
  const character = peek(reader);
  reader.position += 1;
  if (character === "\\") return skipEscape(reader);
  if (character === "[") return skipClass(reader);
  if (character === "(") return readGroup(reader);
  return LITERAL.test(character) ? "literal" : [];
}

function readGroup(reader: Reader): AnyOf[] {
  const [opening = ""] = /^(?:\?(?:[a-z-]*:|<[\p{L}_]\w*>|<?[=!]))?/u.exec(rest(reader)) ?? [];
  reader.position += opening.length;
  const choices = readAlternatives(reader);
  take(reader, ")");
  // What must stand beside a match is not in it, what must not stand there is nowhere.
  return /[=!]$/.test(opening) ? [] : choices;
}

function skipEscape(reader: Reader): AnyOf[] {
  const [skipped = ""] =
    /^(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|c\w|k<[^>]*>|\d+|.)/isu.exec(rest(reader)) ?? [];
  reader.position += skipped.length;
  return [];
}

function skipClass(reader: Reader): AnyOf[] {
  const [content = ""] = /^(?:\\.|[^\]\\])*\]?/su.exec(rest(reader)) ?? [];
  reader.position += content.length;
  return [];
}

/** @returns whether the element before may be missing, or stand there more than once. */
function takeQuantifier(reader: Reader): boolean {
  const [quantifier = ""] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest(reader)) ?? [];
  reader.position += quantifier.length;
  return quantifier !== "";
}

function shortest(words: AnyOf): number {
  return Math.min(...words.map((word) => word.length));
}

function take(reader: Reader, character: string): boolean {
  if (peek(reader) !== character) return false;
  reader.position += 1;
  return true;
}

function peek({ source, position }: Reader): string {
  return source[position] ?? "";
}

function rest({ source, position }: Reader): string {
  return source.slice(position);
}
