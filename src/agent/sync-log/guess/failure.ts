import { isForeign, isWord, subjectsOf } from "./subject.ts";
import type { Token } from "./tokens.ts";

/** What went wrong, and with what. */
export interface Failure {
  subject: Token;
  failure: Token;
}

/** What a level says of whether something is wrong; `unknown`: there is none. */
export type Grade = "error" | "warning" | "information" | "unknown";

/** How many words may stand between an exchange and what went wrong with it: of a line that is no warning it has to be plain. */
const MAX_DISTANCE = { plain: 7, grave: 16 };
/** What has to do with an exchange, where only the other side is named. */
const OF_AN_EXCHANGE = /^(?:server|object|moving|moved|link|able|confirmed|measure)$/u;
/** What the other side asks of the POS server itself: «авторизация терминала», «доступ по ключу». */
const AUTHORIZATION = /^(?:авторизац|аутентификац|регистрац|доступа?$|auth|access|api)/u;
const DENIED = /^(?:done|well|able|moved|moving|confirmed|exchange)$/u;

/** @returns null when a text tells of no failed exchange. */
export function findFailure(tokens: readonly Token[], grade: Grade): Failure | null {
  const isGrave = grade === "error" || grade === "warning";
  const maxDistance = MAX_DISTANCE[isGrave ? "grave" : "plain"];
  const words = tokens.filter(isWord);
  const subjects = subjectsOf(tokens);
  const failures = words.filter((_, index) => isFailure(words, index, isGrave));
  const found = findNear(words, new Set(subjects), new Set(failures), maxDistance);
  if (found || grade === "information") return found;
  const other = findOtherSide(tokens, words, failures, maxDistance);
  return other ?? (grade === "error" ? failureOfSubject(words, subjects) : null);
}

/** The first exchange and failure near each other, unless something foreign comes before. */
function findNear(
  words: Token[],
  subjects: ReadonlySet<Token>,
  failures: ReadonlySet<Token>,
  maxDistance: number,
): Failure | null {
  let [subjectAt, failureAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [index, word] of words.entries()) {
    if (isForeign(word)) return null;
    if (subjects.has(word)) subjectAt = index;
    if (failures.has(word)) failureAt = index;
    const isNear = Math.abs(subjectAt - failureAt) <= maxDistance;
    if (isNear) return { subject: words[subjectAt] as Token, failure: words[failureAt] as Token };
  }
  return null;
}

/** «Главный сервер не ответил»: no word for the exchange itself. */
function findOtherSide(
  tokens: readonly Token[],
  words: Token[],
  failures: Token[],
  maxDistance: number,
): Failure | null {
  const reason = tokens.findIndex(({ text }, index) => text === ":" && index > 2);
  const isOfOthers = (token: Token, index: number) =>
    isForeign(token) && !AUTHORIZATION.test(tokens[index - 1]?.text ?? "");
  if ((reason < 0 ? tokens : tokens.slice(0, reason)).some(isOfOthers)) return null;
  const subject = words.find(({ role }) => role === "peer");
  const failure = failures.find(({ role }) => role !== "trouble");
  if (!subject || !failure) return null;
  if (Math.abs(words.indexOf(subject) - words.indexOf(failure)) > maxDistance) return null;
  return words.some(({ role }) => OF_AN_EXCHANGE.test(role)) ? { subject, failure } : null;
}

/** An error about an exchange that has no word for what went wrong. */
function failureOfSubject(words: Token[], [subject]: Token[]): Failure | null {
  return subject && !words.some(isForeign) ? { subject, failure: subject } : null;
}

function isFailure(words: Token[], index: number, isGrave: boolean): boolean {
  const { role, text } = words[index] as Token;
  const [before, after, second] = [-1, 1, 2].map((offset) => words[index + offset]);
  if (role === "trouble") return isGrave && !isWanted(words.slice(index, index + 6));
  if (role === "not") return words.slice(index + 1, index + 4).some((next) => DENIED.test(next.role));
  if (text === "down") return before?.role === "server" || /^(?:is|went)$/u.test(before?.text ?? "");
  if (role === "no")
    return [after, second].some((denied) => /^(?:link|confirmed)$/u.test(denied?.role ?? ""));
  if (/^(?:false|no|нет)$/u.test(text) && before?.role === "well") return true;
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
