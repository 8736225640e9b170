import { isWord } from "./subject.ts";
import type { Token } from "./tokens.ts";

/** What stands between two marks, without what ends it; a pair such as `sent=3` is one of its own. */
export interface Sentence {
  tokens: Token[];
  words: Token[];
  isQuoted: boolean;
}

const ENDS = /^[:;,.!?(){}<>|"«»“”'—–…]$/u;

/** Takes a text apart into sentences that have a word. */
export function sentencesOf(tokens: readonly Token[]): Sentence[] {
  const sentences: Sentence[] = [];
  let begin = 0;
  for (let index = 0; index <= tokens.length; index += 1) {
    const isEnd = index === tokens.length || endsSentence(tokens, index);
    if (!isEnd && !(index > begin && tokens[index + 1]?.text === "=")) continue;
    const own = tokens.slice(begin, index);
    const [before, after] = [tokens[begin - 1]?.text ?? "", tokens[index]?.text ?? ""];
    const isQuoted = /^["'«“]$/u.test(before) && /^["'»”]$/u.test(after);
    const words = own.filter(isWord);
    if (words.length > 0) sentences.push({ tokens: own, words, isQuoted });
    begin = isEnd ? index + 1 : index;
  }
  return sentences;
}

/** A dash does where it stands alone. */
function endsSentence(tokens: readonly Token[], index: number): boolean {
  const { role, text, start } = tokens[index] as Token;
  if (role !== "mark" || (text === ":" && tokens[index - 1]?.role === "code")) return false;
  return ENDS.test(text) || (text === "-" && start > (tokens[index - 1]?.end ?? 0));
}
