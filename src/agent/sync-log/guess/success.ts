import { isWord, subjectsOf } from "./subject.ts";
import { type Token, written } from "./tokens.ts";

const KNOWN =
  /^(?:exchange|peer|server|object|moving|moved|confirmed|done|well|code|joins|measure|plain|unit|number|class|link)$/u;
const MARK = /^[.,;:=()[\]{}«»“”"'#№—–\-></!…&+|*%]$/u;
/** What of an exchange is the exchange: «сеанс обмена», but not «порция обмена». */
const HEAD = "(?:время|сеанс|сесси|цикл|задач|задани|работ|результат|статус|итог|код|попытк|завершени)";

/** What known words may say beside that an exchange has succeeded, of tokens as they are `written`. */
const DOUBTS = new RegExp(
  [
    "^(?:\\w+:(?:has|is|was|are|have|did) )",
    "mark:[!=] mark:= ",
    "(?<!number:\\d{1,9} (?=joins:in ))joins:\\S+ (?:$|mark:[^=\"'«“(#№…:] )|(?!joins:in )joins:\\S+ mark:: ",
    "\\w+:ок mark:\\. number:",
    "(?:done|well):\\S+ (?:class:|mark:[«“] )",
    "(?:done|well):\\S+ mark:[\"'] [^\"']*mark:[\"'] ",
    // It was the other side that ended it.
    "done:\\S+ (?:\\w+:удаленн\\S* |\\w+:сервером |plain:сторон|joins:by )",
    "exchange:\\S+ \\w+:(?:servers?|scheduled?) |joins:на exchange:|joins:as (?:done|well):",
    `(?:^| )(?!(?:mark|done|well|joins):|\\w+:${HEAD})\\w+:\\S+ exchange:(?:обмена|синхронизации|репликации) `,
  ].join("|"),
  "u",
);
/** These happen with the other side or not at all: «синхронизирован с главным сервером». */
const EXCHANGED = /^(?:синхронизирован|синхронизировал|обменял|synchroni[sz]ed|synced|replicated|exchanged)/u;

/** Whether a text that has nothing but words of exchanges says that one has succeeded. @param rest what follows about the next one. */
export function saysSuccess(tokens: readonly Token[], rest: readonly Token[]): boolean {
  const known = withoutNames(tokens);
  if (known.filter(({ text }) => text === '"').length % 2 === 1) return false;
  if (
    !known.every(isKnown) ||
    !withoutNames(rest).every(
      (token, index, all) => isKnown(token, index, all) || /^(?:next|began)$/u.test(token.role),
    )
  )
    return false;
  if (
    DOUBTS.test(written(known)) ||
    !known.every((_, index) => isSoundNumber(known, index)) ||
    isNothingOfSome(known)
  )
    return false;
  const words = known.filter(isWord);
  const has = (role: RegExp) => words.some((word) => role.test(word.role));
  const isRestored = words.some(({ text }) => /^(?:restored|восстановлен|сеанс|получен)/u.test(text));
  if (known.some((token, index) => token.role === "link" && !isAnswer(known, index)) && !isRestored)
    return false;
  const exchanges = words.filter(({ role }) => role === "exchange");
  if (exchanges.length === 0)
    return (
      has(/^peer$/u) &&
      isDataMoved(
        words,
        known.some(({ text }) => text === "…"),
      )
    );
  if (subjectsOf(known).length < exchanges.length) return false;
  const ended = words.findIndex(({ role }) => role === "done" || role === "well");
  const isWithOther = has(/^peer$/u) || words.some(({ text }) => /^(?:remote|удаленн)/u.test(text));
  if (ended < 0) return isWithOther && exchanges.some(({ text }) => EXCHANGED.test(text));
  // What ended is the exchange, not the loading of something.
  const moves = words.slice(0, ended).findLastIndex(({ role }) => role === "moving");
  return moves < 0 || words.slice(moves, ended).some(({ role }) => role === "exchange");
}

/** "received 12 leads": whatever it is, it was received. */
function isCounted(tokens: readonly Token[], index: number): boolean {
  const number = tokens[index - 1]?.role === "object" ? index - 2 : index - 1;
  if (tokens[number]?.role !== "number") return false;
  const counted = tokens.slice(0, number).findLast((token) => !/^[.:=]$/u.test(token.text));
  return counted?.role === "moved" || counted?.role === "confirmed";
}

/** `dur=0.53s`: whatever took so long. */
function isNameOfDuration(tokens: readonly Token[], index: number): boolean {
  const [mark, number, unit] = tokens.slice(index + 1, index + 4);
  return (
    /^[:=]$/u.test(mark?.text ?? "") && (unit?.role === "unit" || /^\d+:\d\d:\d\d/u.test(number?.text ?? ""))
  );
}

/** "response 200", «ответ: ОК»: not that there was one, but what it says. */
function isAnswer(tokens: readonly Token[], index: number): boolean {
  const answer = tokens.slice(index + 1).find(({ role }) => role !== "mark" && role !== "server");
  return (
    /^(?:response|ответ|ответил|replied|responded|answered|reply|answer)$/u.test(tokens[index]?.text ?? "") &&
    /^(?:code|well)$|^number:(?:0|2\d\d)$/u.test(
      answer?.role === "number" ? `number:${answer.text}` : (answer?.role ?? ""),
    )
  );
}

/** Data went both ways, or arrived, or there is no more; or a session with the other side ended. */
function isDataMoved(words: readonly Token[], isNothingLeft: boolean): boolean {
  const has = (role: RegExp) => words.some((word) => role.test(word.role));
  const isSession = words.some(({ text }) => /^(?:сеанс|сессия|session|round|roundtrip)$/u.test(text));
  const moved = new Set(words.flatMap(({ role, text }) => (role === "moved" ? text : [])));
  const isAnyData = isSession || has(/^(?:object|moving|moved)$/u);
  if (isNothingLeft && has(/^moved$/u) && words.some(({ text }) => /^(?:all|все)$/u.test(text))) return true;
  return moved.size > 1 || (isAnyData && has(/^(?:done|well|confirmed)$/u));
}

function isKnown({ role, text }: Token, index: number, all: readonly Token[]): boolean {
  if (role === "mark") return MARK.test(text);
  if (role === "name" && (isCounted(all, index) || isNameOfDuration(all, index))) return true;
  // Of a hexadecimal number it is known what it is where that stands before it: `cursor=0x1D4C11`.
  const isIdentifier = role === "name" && /^0x[\da-f]+$/u.test(text);
  return KNOWN.test(isIdentifier ? (all[index - 2]?.role ?? "") : role) || isAnswer(all, index);
}

/** Leaves out the names of organizations and servers. */
function withoutNames(tokens: readonly Token[]): Token[] {
  const left: Token[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    const isNamed = /^(?:организац|organi[sz]ation|сервер|server)/u.test(tokens[index - 1]?.text ?? "");
    const length =
      isNamed && /^[«"'“]$/u.test(token.text) ? tokens.slice(index + 1).findIndex(isClosing) : -1;
    const name = tokens.slice(index + 1, index + length + 1).filter(isWordNoNumber);
    if (name.length > 0 && !name.every(({ role }) => role === "well")) index += length + 1;
    else left.push(token);
  }
  return left;
}

const isClosing = ({ text }: Token) => /^[»"'”]$/u.test(text);
const isWordNoNumber = ({ role }: Token) => role !== "mark" && role !== "number";

const DATE = /^\d{4}-\d|^\d{1,2}[./]\d{1,2}[./]\d/u;
const TIME = /^\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?$|^\d+\.\d{2}:\d{2}/u;
const IS_OF = /^(?:of|из|от|\/)$/u;
const COUNTED_BEFORE = /^(?:object|moving|moved|confirmed|unit|measure|server)$/u;
const COUNTED_AFTER = /^(?:unit|object|moved|confirmed|well|measure)$/u;

/** Whether it is known what a number counts, and nothing lacks of it: no date, no code of an error, no 3 of 5. */
function isSoundNumber(tokens: readonly Token[], index: number): boolean {
  const { role, text } = tokens[index] as Token;
  if (role !== "number") return true;
  if (DATE.test(text) || /^[-−]/u.test(text)) return false;
  const [before, after] = [tokens[index - 1], tokens[index + 1]];
  if (/^["'«“]$/u.test(before?.text ?? "") && after?.role !== "unit") return false;
  if (after?.text === "%") return text === "100";
  if (TIME.test(text)) return true;
  const [, part, whole] = /^(\d+)\/(\d+)$/u.exec(text) ?? [];
  if (part !== undefined) return part === whole;
  const isAttempt = [index - 1, index - 3].some((place) =>
    /^(?:попытк|attempt|retry)/u.test(tokens[place]?.text ?? ""),
  );
  const [next, first] = [tokens[index + 2], tokens[index - 2]];
  if (IS_OF.test(after?.text ?? "") && next?.role === "number") return isAttempt || next.text === text;
  if (IS_OF.test(before?.text ?? "") && first?.role === "number") return isAttempt || first.text === text;
  const last = tokens.slice(0, index).findLastIndex(isWord);
  const previous = tokens[last];
  const marks = tokens.slice(last + 1, index).map((mark) => mark.text);
  if (marks.some((mark) => /^[#№]$/u.test(mark))) return true;
  const isCode =
    previous?.role === "code" ||
    (/^(?:завершения|возврата)$/u.test(previous?.text ?? "") && tokens[last - 1]?.role === "code");
  if (isCode) return /^(?:0|2\d\d)$/u.test(text);
  if (/^(?:in|out)$/u.test(after?.text ?? "")) return true;
  if (after && COUNTED_AFTER.test(after.role === "plain" ? (next?.role ?? "") : after.role)) return true;
  switch (previous?.role) {
    case "exchange":
      return text !== "0" && !marks.some((mark) => /[:=]/u.test(mark)) && after !== undefined;
    case "number":
      return marks.includes(">");
    case "well":
      return text !== "0";
    default:
      return (
        COUNTED_BEFORE.test(previous?.role ?? "") ||
        /^(?:до|to|is|now|in|out|up|down)$/u.test(previous?.text ?? "")
      );
  }
}

/** Received, and nothing of it applied; or nothing that went well. */
function isNothingOfSome(tokens: readonly Token[]): boolean {
  const counts = (counted: RegExp) =>
    tokens.flatMap((token, index) =>
      counted.test(token.role) || counted.test(token.text) ? (countOf(tokens, index) ?? []) : [],
    );
  if (counts(/^well$/u).includes(0)) return true;
  return (
    counts(/^(?:confirmed|done)$/u).includes(0) &&
    counts(/^(?:moved|object|total|всего)$/u).some((count) => count > 0)
  );
}

function countOf(tokens: readonly Token[], index: number): number | null {
  const [before, next, second] = [-1, 1, 2].map((offset) => tokens[index + offset]);
  const isLabel = /^(?:object|measure)$/u.test(next?.role ?? "") || /^[:=(]$/u.test(next?.text ?? "");
  const counted = [next, isLabel ? second : undefined, before].find((token) => token?.role === "number");
  return counted ? Number(counted.text) : null;
}
