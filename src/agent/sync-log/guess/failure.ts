import { type Sentence, sentencesOf } from "./sentences.ts";
import { isForeign, isWord, subjectsOf } from "./subject.ts";
import type { Token } from "./tokens.ts";

export interface Failure {
  subject: Token;
  failure: Token;
}

export type Grade = "error" | "warning" | "information" | "unknown";

/** The roles that a sentence about a failed exchange may have; with any other it may be about something else. */
const KNOWN =
  /^(?:exchange|peer|server|object|moving|moved|confirmed|done|well|began|failure|trouble|doubt|not|no|link|able|unit|code|joins|measure|manner|waiting|plain|number|class)$/u;
/** Roles of an exchange, for sentences that name only the other side. */
const OF_AN_EXCHANGE = /^(?:server|object|moving|moved|link|able|confirmed|measure)$/u;
const DENIED = /^(?:done|well|able|moved|moving|confirmed|exchange)$/u;
/** These may also be a setting or a duration. */
const SETTING = /^(?:timeouts?|timed|таймаут\S*|тайм|отказ|превышен\S*|unexpected)$/u;
const CHANGED = /^(?:изменен|увеличен|уменьшен|updated|changed|set$|duration|длительност|время$)/u;
/** «Обмен отменён: служба останавливается». */
const CANCELLED = /^(?:отмен|cancel)/u;
/** How a program without a warning or error level states that an exchange failed. */
const PLAINLY =
  /^(?:failed|aborted|не|not|прерв|сорв|провал|ошибк|неудач|неуспе|аварийн|failure|error|сбо|unable|cannot|could|exception|исключени)/u;
/** About another day. */
const PAST = /^(?:yesterday|вчера|history|истори|месяц|month|квартал)/u;
const LACKING =
  /^(?:связ|соединен|ответ|интернет|доступ|connection|connectivity|response|answer|reply|link|access|подтвержд|acknowledg|confirmation)/u;
/** The exchange is already running. */
const RUNS =
  /already (?:run|in |active|start|sync|exchang|up)|уже (?:ид[её]т|выполня|запущ)|in progress|is running/iu;
const MANY = /^(?:exchanges|syncs|replications|обмены|обменов|синхронизаций|репликаций)$/u;
const ONE_FAILURE = /^(?:error|failure|exception|ошибка|сбой)$/u;
const OVER =
  /^(?:restored|recovered|reconnected|resumed|fixed|восстановлен|исправлен|преодолен|снят[аоы]?$|возобновлен|устранен)/u;
const DATE = /^\d{4}-\d|^\d{1,2}[./]\d{1,2}[./]\d/u;
/** How far into the next sentence the outcome may be: «Обмен с ЦО: не удалось …». */
const MAX_WORDS_BEFORE = 6;
const MAX_WORDS_OF_COUNT = 4;
/** How many sentences later it may be, such as in another field of a line of JSON. */
const MAX_SENTENCES_BETWEEN = 16;

/**
 * Finds a sentence whose words are all known from exchanges; the reason may follow in any words.
 * @param isPlainPlace whether the line is about this exchange even without the other side's name.
 * @param isCut whether what follows puts the last sentence into another time, or under a condition.
 */
export function findFailure(
  tokens: readonly Token[],
  grade: Grade,
  isPlainPlace: boolean,
  isCut: boolean,
): Failure | null {
  if (
    tokens.some(
      ({ text, role }) =>
        OVER.test(text) || (grade !== "error" && (PAST.test(text) || (role === "number" && DATE.test(text)))),
    )
  )
    return null;
  if (grade !== "error" && RUNS.test(tokens.map(({ text }) => text).join(" "))) return null;
  const sentences = sentencesOf(tokens);
  if (isCut && tokens.at(-1)?.role !== "mark") sentences.pop();
  const isGrave = grade === "error" || grade === "warning";
  let named: Token | undefined;
  let isPlaced = true;
  for (const [index, { tokens: own, words, isQuoted }] of sentences.entries()) {
    if (own.some(isForeign)) return null;
    if (!own.every(isClear)) {
      named ??= words.find(isPeer);
      isPlaced = false;
      continue;
    }
    const peer = words.find(isPeer) ?? (isGrave ? named : undefined);
    named ??= peer;
    const [exchange] = subjectsOf(own);
    const isAboutOther = peer && words.some(({ role }) => OF_AN_EXCHANGE.test(role));
    const subject = exchange ?? (isAboutOther && grade !== "information" ? peer : undefined);
    if (!subject || !(peer ? (isGrave && exchange) || isPlaced : isPlaced && isPlainPlace)) continue;
    if (!exchange && grade !== "error" && !words.some(isOfAnyData)) continue;
    if (!isGrave && MANY.test(subject.text)) continue;
    const failure = words.find((_, at) => isFailure(words, at, isGrave) && isMeant(words, at, grade));
    const sentence = sentences[index] as Sentence;
    const isPlain =
      grade !== "information" || (failure && isPlainly(tokens, sentence, { failure, subject }, isCut));
    if (failure && !isQuoted && isPlain) return { subject, failure };
    if (failure) continue;
    const later = findLater(sentences, index, { isOfPeer: peer !== undefined, grade });
    if (later) return { subject, failure: later };
  }
  return null;
}

function isPeer({ role }: Token): boolean {
  return role === "peer";
}

/** «Оплата отклонена главным сервером» is about one guest. */
function isOfAnyData({ role, text }: Token): boolean {
  return (
    /^(?:moving|moved|link|able|not|measure)$/u.test(role) ||
    /^(?:данн|data$|чек|receipt|пакет|pack|batch|транзакц|transaction|изменени|changes?$|document|документ|round$|session|cycle|сеанс|сесси|цикл)/u.test(
      text,
    )
  );
}

/** What another sentence says about the same exchange: `result=failed`, «ошибок: 12», «ошибка: …», «не удалось …». */
function findLater(
  sentences: Sentence[],
  index: number,
  { isOfPeer, grade }: { isOfPeer: boolean; grade: Grade },
): Token | undefined {
  const isGrave = grade === "error" || grade === "warning";
  const isStated = (isOfPeer && grade !== "information") || grade === "error";
  for (const [at, { tokens, words, isQuoted }] of sentences
    .slice(index + 1, index + 1 + MAX_SENTENCES_BETWEEN)
    .entries()) {
    if (tokens.some(isForeign)) return undefined;
    if (isQuoted) continue;
    const isReason = at === 0 && /^[:—–-]$/u.test(sentences[index]?.end ?? "");
    const isCount =
      words.length <= MAX_WORDS_OF_COUNT &&
      words.some(({ role, text }) => role === "number" || text.startsWith("0x"));
    const isPair =
      tokens[1]?.text === "=" &&
      (isOfPeer || at === 0) &&
      (words[0]?.role !== "failure" || words[1]?.role === "number");
    const isSaid =
      isPair ||
      (isReason && (isStated || (isOfPeer && words[0]?.role === "failure" && words.length === 1))) ||
      (tokens.every(isClear) && (isStated || words[0]?.role === "code" || isCount));
    const found = words
      .slice(0, MAX_WORDS_BEFORE)
      .find((_, place) => isSaid && isFailure(words, place, isGrave) && isMeant(words, place, grade));
    if (found) return found;
  }
  return undefined;
}

/** False for "never failed", a setting, a cancellation, and counts of attempts. */
function isMeant(words: Token[], index: number, grade: Grade): boolean {
  const { text, role } = words[index] as Token;
  if (
    role === "failure" &&
    words.slice(Math.max(0, index - 2), index).some((before) => before.role === "not")
  )
    return false;
  const [next, second] = [words[index + 1], words[index + 2]];
  if (
    words
      .slice(0, index)
      .some((one, at) => one.role === "no" && /^(?:exchange|peer)$/u.test(words[at + 1]?.role ?? ""))
  )
    return false;
  if (grade === "error") return true;
  // "Retrying failed HQ sync", «Неудачных попыток обмена»
  if (
    index > 0 &&
    text === "failed" &&
    [next, second, words[index + 3]].some((one) => one?.role === "exchange")
  )
    return false;
  if ([next, second].some((one) => /^(?:attempts|sessions|попыток|сессий|сеансов)$/u.test(one?.text ?? "")))
    return false;
  if (CANCELLED.test(text) || words.some((word) => word.role === "doubt")) return false;
  if (text === "dropped") return words.some((word) => word.role === "link");
  return !SETTING.test(text) || (grade === "warning" && !words.some((word) => CHANGED.test(word.text)));
}

/** Whether the line begins with a plain statement, without a harmless reason: «Обмен с ЦО прерван», «Ошибка обмена: …». */
function isPlainly(
  tokens: readonly Token[],
  { words }: Sentence,
  { failure, subject }: Failure,
  isCut: boolean,
): boolean {
  const before = tokens.slice(0, tokens.indexOf(words[0] as Token)).filter(isWord);
  const isNothing = tokens.some(({ text, start }) => /^[…¿?]$/u.test(text) && start > failure.start);
  const isBegin = words[0] === failure || words[0]?.role === "able";
  const isNoun = /^(?:errors?|failures?|exception|ошибк|ошибок|неудач|сбо|исключени)/u.test(failure.text);
  const isHead =
    isBegin &&
    ONE_FAILURE.test(failure.text) &&
    words.every(({ role }) => /^(?:failure|joins|exchange|peer|server|manner|unit|measure)$/u.test(role));
  const isClosed = words.some(({ text }) => /^(?:closed|закрыт)/u.test(text));
  const rest = tokens.filter(({ start, role }) => start > failure.end && role !== "mark");
  const isReason = ({ role }: Token) =>
    /^(?:failure|trouble|link|number|code|not|no|peer|server)$/u.test(role);
  if (isClosed || isCut || (rest.some(({ role }) => role === "name") && !rest.some(isReason))) return false;
  const isIts = isNoun
    ? isHead || words.some(({ role }) => role === "done")
    : isBegin || failure.start > subject.start;
  return before.every(({ role }) => role === "class") && !isNothing && isIts && PLAINLY.test(failure.text);
}

function isClear({ role, text }: Token): boolean {
  if (role === "class" && /\d/u.test(text) && /[^\da-f-]/u.test(text)) return false;
  return (
    role === "mark" || text.startsWith("0x") || (KNOWN.test(role) && !(role === "number" && DATE.test(text)))
  );
}

function isFailure(words: Token[], index: number, isGrave: boolean): boolean {
  const { role, text } = words[index] as Token;
  const [before, after, second] = [-1, 1, 2].map((offset) => words[index + offset]);
  if (role === "trouble" || /^(?:closed|закрыт)/u.test(text))
    return isGrave && words.length > 1 && !words.some((word) => word.role === "well");
  if (role === "not" && after?.role === "failure") return false;
  if (role === "not") return words.slice(index + 1, index + 4).some((next) => DENIED.test(next.role));
  if (text === "down") return before?.role === "server" || /^(?:is|went)$/u.test(before?.text ?? "");
  if (/^(?:false|no|нет)$/u.test(text) && before?.role === "well") return true;
  if (role === "no")
    return /^(?:no|нет)$/u.test(text) && [after, second].some((denied) => LACKING.test(denied?.text ?? ""));
  if (text === "out") return after?.text === "of" && second?.role === "exchange";
  if (role !== "number") return role === "failure";
  if (before?.role === "code" && /^[-−]\d/u.test(text)) return true;
  return (
    /^[45]\d\d$/u.test(text) &&
    !/^(?:object|joins|unit)$/u.test(after?.role ?? "") &&
    (before?.role === "code" || /^(?:replied|returned|ответил|вернул|address$)/u.test(before?.text ?? ""))
  );
}

const REST = /(?::\s|[—–]|-\s)\s*(?<message>[^\s\d—–-].*)$/su;

/** The reason in a text: what follows the words for exchange and failure, or everything from them on. */
export function messageOf(text: string, { subject, failure }: Failure): string {
  const rest = failure === subject ? "" : text.slice(Math.max(subject.end, failure.end));
  return REST.exec(rest)?.groups?.message ?? text.slice(Math.min(subject.start, failure.start));
}
