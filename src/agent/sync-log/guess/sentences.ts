import { isWord } from "./subject.ts";
import type { Token } from "./tokens.ts";

/** The text between two marks; a pair such as `sent=3` is a sentence of its own. */
export interface Sentence {
  tokens: Token[];
  words: Token[];
  isQuoted: boolean;
  /** The mark that ends it; may be empty. */
  end: string;
}

const ENDS = /^[:;,.!?(){}<>|"«»“”'—–…¿[\]]$/u;

/** Leaves out sentences without a word. */
export function sentencesOf(tokens: readonly Token[]): Sentence[] {
  const sentences: Sentence[] = [];
  let begin = 0;
  for (let index = 0; index <= tokens.length; index += 1) {
    const isEnd = index === tokens.length || endsSentence(tokens, index);
    if (!isEnd && !(index > begin && isLabel(tokens, index))) continue;
    const own = tokens.slice(begin, index);
    const [before, after] = [tokens[begin - 1]?.text ?? "", tokens[index]?.text ?? ""];
    const isQuoted = /^["'«“]$/u.test(before) && /^["'»”]$/u.test(after);
    const words = own.filter(isWord);
    if (words.length > 0) sentences.push({ tokens: own, words, isQuoted, end: isEnd ? after : "" });
    begin = isEnd ? index + 1 : index;
  }
  return sentences;
}

/** The first token of the part before `=`: `durationMs=7`. */
function isLabel(tokens: readonly Token[], index: number): boolean {
  const start = tokens[index]?.start;
  if (tokens[index - 1]?.start === start) return false;
  return tokens.slice(index).find((token) => token.start !== start)?.text === "=";
}

/** A dash ends a sentence only after a space. */
function endsSentence(tokens: readonly Token[], index: number): boolean {
  const { role, text, start } = tokens[index] as Token;
  if (role !== "mark") return false;
  const [before, next, second] = [-1, 1, 2].map((offset) => tokens[index + offset]);
  const isPort = next?.role === "number" && next.start === tokens[index]?.end && before?.role === "server";
  if (text === ":" && isPort) return false;
  // «ревизия 7 -> 8»
  if ((text === "-" && next?.text === ">") || (text === ">" && before?.text === "-")) return false;
  const isCount =
    (next?.role === "number" || next?.text.startsWith("0x")) && (!second || second.role === "mark");
  // «Ошибок: 12», "result: OK"
  if (text === ":" && (before?.role === "code" || isCount)) return false;
  return ENDS.test(text) || (/^[-/]$/u.test(text) && start > (tokens[index - 1]?.end ?? 0));
}
