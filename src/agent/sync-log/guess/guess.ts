import type { ExchangeEventKind } from "../../config/log-patterns.ts";
import { findFailure, type Grade, messageOf } from "./failure.ts";
import { withoutHarmless } from "./harmless.ts";
import { isForeign, subjectsOf } from "./subject.ts";
import { saysSuccess } from "./success.ts";
import { CALLER, CLASS_WORDS, MAX_TOKENS, readTokens, type Token } from "./tokens.ts";

/** What a line says about an exchange by its words alone; of a failure also what failed. */
export type Guess = { kind: "failed"; message: string } | { kind: Exclude<ExchangeEventKind, "failed"> };

export interface LineParts {
  level: string | null;
  /** The part of the program that wrote it; empty = unknown. */
  origin: string;
  message: string;
}

const EXCHANGE = "обмен синхр репликац exchang sync replicat".split(" ");
const PEER = (
  "главн централ головн центр мейн лояльност айко офис main central office headquarter head loyalty iiko upstream chain " +
  "цо цс цод hq"
).split(" ");
/** Nothing is guessed about a line without one of these, letter case aside. */
export const GUESS_WORDS = [...EXCHANGE, ...PEER, "гл. ", " гс "];
/** The same at the beginning of words; `async` is no exchange. */
const IN_TEXT = new RegExp(
  `${EXCHANGE.join("|").replace("sync", "(?<!a)sync")}|(?<!\\p{L})(?:${PEER.join("|")}|гл\\.|гс)`,
  "iu",
);

const SQL =
  /\b(?:select\s.{1,200}?\sfrom|insert\s+into|update\s+\S{1,100}\s+set|delete\s+from|create\s+table)\b/iu;
/** Refusals that concern one guest. */
const OF_GUEST =
  /(?:оплат|списани|купон|coupon|payment|redemption)\S{0,24}\s(?:\S{1,64}\s){0,2}(?:отклон|не принят|reject|not accepted|declin)|(?<!\p{L})(?:card|coupon|карт|купон)\S{0,24}\s(?:\S{1,64}\s){0,2}(?:expired|ист[её]к|blocked|заблокир)|недостаточно баллов|insufficient (?:balance|funds|points)|invalid pin|(?:guest|гост[ьяю])\s\d/iu;
/** In `Resto.Exchange.SyncManager:Run:88` the class, without its namespace and method. */
const CLASS_NAME = /(?<![\p{L}\d.:])(?:[\w-]+\.)*(\p{L}\w*\p{Ll}\p{Lu}\w*)(?=[:\s\])]|$)/gu;
const PAST = /^(?:last|previous|последн|предыдущ|прошл)/u;
const WILL = /^(?:will|next|again|следующ|будет|снова)/u;
const OF_EXCHANGES = /exch|sync|repl|loyal|card|main|cent|link|hq|head|chain|upload|обмен|синхр|obmen/iu;
/** For reports, replays and tests. */
const OF_NOTHING = /last|previous|history|dry-?run|simul|self-?test|replay|test_|_test/iu;
const PLACE_WORDS =
  /^(?:(?:run|execute|tick|finish|complete|end|on|do|try|perform|process|once|async|exch|hq|central|main|loyalty|card)+|\p{L})$/u;
const CLOSING: Record<string, string> = { "(": ")", '"': '"', "'": "'", "«": "»", "“": "”" };
const GRADES: Record<string, Grade> = { WARN: "warning", ERROR: "error", FATAL: "error" };

/** Takes time in proportion to the length. A success counts only if a whole sentence states it and nothing casts doubt on it. */
export function guess({ message, level, origin }: LineParts): Guess | null {
  if (!IN_TEXT.test(message) || SQL.test(message) || OF_GUEST.test(message)) return null;
  const whole = [origin, ...(message.match(CALLER) ?? [])].join(" ");
  if (OF_NOTHING.test(whole)) return null;
  const place = readTokens(whole.replace(/:\d+|[[\].:]/gu, " "));
  if (place.some(({ role }) => /^(?:foreign|about|elsewhere)$/u.test(role))) return null;
  const read = readTokens(message);
  const roles = new Set(read.map(({ role }) => role));
  if (roles.has("about") || !(roles.has("exchange") || roles.has("peer"))) return null;
  const isCut = read.length === MAX_TOKENS;
  const tokens = withoutHarmless(isCut ? withoutLastSentence(read) : read);
  const isPlainPlace = place.every(
    ({ role, text }) => role !== "name" || CLASS_WORDS.test(text) || PLACE_WORDS.test(text),
  );
  const [said, rest] = splitElsewhere(tokens);
  const grade = level === null ? "unknown" : (GRADES[level] ?? "information");
  const [failing, after] = splitElsewhere(withoutAsides(tokens));
  const failure = findFailure(
    failing,
    grade,
    isPlainPlace,
    PAST.test(after[0]?.text ?? "") ||
      (grade === "information" && after[0]?.role === "elsewhere" && !WILL.test(after[0].text)),
  );
  if (failure) return { kind: "failed", message: messageOf(message, failure) };
  const isQuoted = read.filter(({ text }) => text === '"').length % 2 === 1;
  const isSaidWhole =
    !isQuoted &&
    !isCut &&
    rest.every(
      ({ role, text }) =>
        text === "run" || /^(?:next|mark|number|unit|joins|exchange|measure|manner|plain|began)$/u.test(role),
    );
  const isOfOther = [...whole.matchAll(CLASS_NAME)].some(([, name = ""]) => !isOfExchanges(name));
  if (grade !== "error" && isSaidWhole && !isOfOther && saysSuccess(said, isPlainPlace))
    return { kind: "succeeded" };
  const hasBegun = subjectsOf(said).length > 0 && said.some(({ role }) => role === "began");
  return hasBegun && !said.some(isForeign) ? { kind: "attempted" } : null;
}

/** Of a text that was cut the last sentence is not whole. */
function withoutLastSentence(tokens: Token[]): Token[] {
  return tokens.slice(0, tokens.findLastIndex(({ role }) => role === "mark") + 1);
}

/** Whether a name such as `SyncManager` has a word for exchanges, or at least no unknown one. */
function isOfExchanges(name: string): boolean {
  return OF_EXCHANGES.test(name) || readTokens(name).every(({ role }) => role !== "name");
}

function splitElsewhere(tokens: Token[]): [said: Token[], rest: Token[]] {
  const end = tokens.findIndex((_, index) => isElsewhere(tokens, index));
  return end < 0 ? [tokens.map(asJoin), []] : [tokens.slice(0, end).map(asJoin), tokens.slice(end)];
}

/** Leaves out brackets and quotations about others, unless the text begins with them: «отказ (лицензионный ключ не принят)». */
function withoutAsides(tokens: Token[]): Token[] {
  const left: Token[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const closing = index < 3 ? undefined : CLOSING[tokens[index]?.text ?? ""];
    const end =
      closing === undefined ? -1 : tokens.findIndex(({ text }, at) => at > index && text === closing);
    const aside = tokens.slice(index, end + 1);
    if (aside.some((token) => isForeign(token) || token.role === "elsewhere")) index = end;
    else left.push(tokens[index] as Token);
  }
  return left;
}

/** From here on a line is about another time or a condition; but «после 3 попыток» and `Retry-After` are about this one. */
function isElsewhere(tokens: Token[], index: number): boolean {
  const { role, text } = tokens[index] as Token;
  if (role !== "elsewhere") return role === "next";
  const [before, next, second] = [-1, 1, 2].map((offset) => tokens[index + offset]);
  const isRetry = /^(?:retr|attempt|попыт)/u.test(next?.text ?? "");
  const isCounted =
    isRetry ||
    (next?.role === "number" && !(text === "до" && next.text.includes(":"))) ||
    before?.text === "-";
  if (isCounted && /^(?:after|после|до)$/u.test(text)) return false;
  // "last change id 559301"
  const isOfThis =
    /^(?:object|confirmed)$/u.test(next?.role ?? "") && /^(?:measure|number|mark)$/u.test(second?.role ?? "");
  return !(isOfThis && /^(?:last|последн)/u.test(text));
}

function asJoin(token: Token): Token {
  return token.role === "elsewhere" ? { ...token, role: "joins" } : token;
}
