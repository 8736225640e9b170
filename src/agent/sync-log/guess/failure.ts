import { sentencesOf } from "./sentences.ts";
import { isForeign, subjectsOf } from "./subject.ts";
import type { Token } from "./tokens.ts";

/** What went wrong, and with what. */
export interface Failure {
  subject: Token;
  failure: Token;
}

/** What a level says of whether something is wrong; `unknown`: there is none. */
export type Grade = "error" | "warning" | "information" | "unknown";

/** What a sentence about an exchange that failed may have; of anything else in it nobody knows what it is about. */
const KNOWN =
  /^(?:exchange|peer|server|object|moving|moved|confirmed|done|well|began|failure|trouble|doubt|not|no|link|able|unit|code|joins|measure|manner|waiting|plain|number|class)$/u;
/** What has to do with an exchange, where only the other side is named. */
const OF_AN_EXCHANGE = /^(?:server|object|moving|moved|link|able|confirmed|measure)$/u;
const DENIED = /^(?:done|well|able|moved|moving|confirmed|exchange)$/u;
/** These may as well be what is set. */
const SETTING = /^(?:timeouts?|timed|таймаут\S*|тайм|отказ)$/u;
const DATE = /^\d{4}-\d|^\d{1,2}[./]\d{1,2}[./]?\d/u;
/** Where in the next sentence it stands what became of an exchange: «Обмен с ЦО: не удалось …». */
const MAX_WORDS_BEFORE = 6;

/**
 * Finds a sentence that tells of a failed exchange, in which every word is one of exchanges: of what is wrong with anything else,
 * whatever it is, the words are not known. Why it failed may be told in any words, behind it.
 * @param endsInPast whether what follows makes the last sentence one about another time.
 * @returns null when there is none.
 */
export function findFailure(tokens: readonly Token[], grade: Grade, endsInPast: boolean): Failure | null {
  const isGrave = grade === "error" || grade === "warning";
  const sentences = sentencesOf(tokens);
  if (endsInPast && tokens.at(-1)?.role !== "mark") sentences.pop();
  for (const [index, { tokens: own, words, isQuoted }] of sentences.entries()) {
    if (own.some(isForeign)) return null;
    if (!own.every(isClear)) continue;
    const isPlaced = sentences.slice(0, index).every((before) => before.tokens.every(isClear));
    const peer = words.find(({ role }) => role === "peer");
    const [exchange] = subjectsOf(own);
    const isAboutOther = peer && words.some(({ role }) => OF_AN_EXCHANGE.test(role));
    const subject = exchange ?? (isAboutOther && grade !== "information" ? peer : undefined);
    if (!subject || !(peer || isPlaced)) continue;
    const failure = words.find(
      (word, at) => isFailure(words, at, isGrave) && (isGrave || !SETTING.test(word.text)),
    );
    if (failure && !isQuoted) return { subject, failure };
    if (failure) continue;
    const isTold = peer && grade !== "information";
    for (const [at, { words: next, tokens: all }] of sentences.slice(index + 1).entries()) {
      const isPair =
        (next[0]?.role === "code" && all.every(isClear)) || (all[1]?.text === "=" && (peer || at === 0));
      const isOfIt = isPair || (isTold && (at === 0 || all.every(isClear)));
      const later = next
        .slice(0, MAX_WORDS_BEFORE)
        .find((_, place) => isOfIt && isFailure(next, place, isGrave));
      if (later) return { subject, failure: later };
    }
    if (!isTold) continue;
    if (grade === "error" && exchange && !words.some(({ role }) => /^(?:done|well|began)$/u.test(role)))
      return { subject, failure: subject };
  }
  return null;
}

function isClear({ role, text }: Token): boolean {
  return role === "mark" || (KNOWN.test(role) && !(role === "number" && DATE.test(text)));
}

function isFailure(words: Token[], index: number, isGrave: boolean): boolean {
  const { role, text } = words[index] as Token;
  const [before, after, second] = [-1, 1, 2].map((offset) => words[index + offset]);
  if (role === "trouble") return isGrave && !isWanted(words.slice(index, index + 6));
  if (role === "not") return words.slice(index + 1, index + 4).some((next) => DENIED.test(next.role));
  if (text === "down") return before?.role === "server" || /^(?:is|went)$/u.test(before?.text ?? "");
  if (/^(?:false|no|нет)$/u.test(text) && before?.role === "well") return true;
  if (role === "no")
    return [after, second].some((denied) => /^(?:link|confirmed)$/u.test(denied?.role ?? ""));
  if (text === "out") return after?.text === "of" && second?.role === "exchange";
  if (role !== "number") return role === "failure";
  return (
    /^[45]\d\d$/u.test(text) &&
    (before?.role === "code" || /^(?:replied|returned|ответил|вернул|address$)/u.test(before?.text ?? ""))
  );
}

/** «Обмен отменён: служба останавливается». */
function isWanted([cancelled, ...rest]: Token[]): boolean {
  return (
    /^(?:отмен|cancel)/u.test(cancelled?.text ?? "") &&
    rest.some(({ text }) => /^(?:служб|пользовател|оператор|service$|user$|operator$|shut)/u.test(text))
  );
}

const REST = /(?::\s|[—–]|-\s)\s*(?<message>[^\s\d—–-].*)$/su;

/** What a text says of why: what follows the words for the exchange and the failure, or all from these on. */
export function messageOf(text: string, { subject, failure }: Failure): string {
  const rest = failure === subject ? "" : text.slice(Math.max(subject.end, failure.end));
  return REST.exec(rest)?.groups?.message ?? text.slice(Math.min(subject.start, failure.start));
}
