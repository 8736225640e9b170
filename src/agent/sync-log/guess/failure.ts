import { isForeign, isWord, subjectsOf } from "./subject.ts";
import type { Token } from "./tokens.ts";

/** What went wrong, and with what. */
export interface Failure {
  subject: Token;
  failure: Token;
}

/** How many words may stand between an exchange and what went wrong with it: of a line that is no warning it has to be plain. */
const MAX_DISTANCE = { plain: 7, grave: 16 };
/** What has to do with an exchange, where only the other side is named. */
const OF_AN_EXCHANGE = /^(?:server|object|moving|moved|link|able|confirmed)$/u;
const DENIED = /^(?:done|well|able|moved|moving|confirmed|exchange)$/u;

/** @param level WARN and worse say themselves that something is wrong. @returns null when a text tells of no failed exchange. */
export function findFailure(tokens: readonly Token[], level: "error" | "warning" | null): Failure | null {
  const words = tokens.filter(isWord);
  const subjects = subjectsOf(tokens);
  const failures = words.filter((_, index) => isFailure(words, index, level !== null));
  const nearest = failures
    .flatMap((failure) => subjects.map((subject) => ({ failure, subject, ...span(words, failure, subject) })))
    .filter(({ length }) => length <= MAX_DISTANCE[level === null ? "plain" : "grave"])
    .filter(({ end }) => !words.slice(0, end).some(isForeign))
    .sort((a, b) => a.end - b.end)[0];
  if (nearest || level === null) return nearest ?? null;
  return (
    findOtherSide(tokens, words, failures) ?? (level === "error" ? failureOfSubject(words, subjects) : null)
  );
}

function span(words: Token[], failure: Token, subject: Token): { end: number; length: number } {
  const [first, end] = [words.indexOf(failure), words.indexOf(subject)];
  return { end: Math.max(first, end), length: Math.abs(end - first) };
}

/** «Главный сервер не ответил»: no word for the exchange itself. */
function findOtherSide(tokens: readonly Token[], words: Token[], failures: Token[]): Failure | null {
  const reason = tokens.findIndex(({ text }, index) => text === ":" && index > 2);
  if ((reason < 0 ? tokens : tokens.slice(0, reason)).some(isForeign)) return null;
  const subject = words.find(({ role }) => role === "peer");
  const failure = failures.find(({ role }) => role !== "trouble");
  return subject && failure && words.some(({ role }) => OF_AN_EXCHANGE.test(role))
    ? { subject, failure }
    : null;
}

/** An error about an exchange that has no word for what went wrong. */
function failureOfSubject(words: Token[], [subject]: Token[]): Failure | null {
  return subject && !words.some(isForeign) ? { subject, failure: subject } : null;
}

function isFailure(words: Token[], index: number, isGrave: boolean): boolean {
  const { role, text } = words[index] as Token;
  const [before, after, second] = [-1, 1, 2].map((offset) => words[index + offset]);
  if (role === "trouble") return isGrave;
  if (role === "not") return words.slice(index + 1, index + 4).some((next) => DENIED.test(next.role));
  if (role === "no") return after?.role === "link" || second?.role === "link";
  if (text === "out") return after?.text === "of" && second?.role === "exchange";
  if (role !== "number") return role === "failure";
  return (
    /^[45]\d\d$/u.test(text) &&
    (before?.role === "code" || /^(?:replied|returned|ответил|вернул)/u.test(before?.text ?? ""))
  );
}

const REST = /(?::\s|[—–]|-\s)\s*(?<message>[^\s\d—–-].*)$/su;

/** What a text says of why: what follows the words for the exchange and the failure, or all from these on. */
export function messageOf(text: string, { subject, failure }: Failure): string {
  const rest = failure === subject ? "" : text.slice(Math.max(subject.end, failure.end));
  return REST.exec(rest)?.groups?.message ?? text.slice(Math.min(subject.start, failure.start));
}
