import { isWord } from "./subject.ts";
import { type Token, written } from "./tokens.ts";

const DATE = /^\d{4}-\d|^\d{1,2}[./]\d{1,2}[./]\d/u;
const TIME = /^\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?$|^\d+\.\d{2}:\d{2}/u;
const IS_OF = /^(?:of|из|от|\/)$/u;
const COUNTED_BEFORE = /^(?:object|moving|moved|confirmed|unit|measure|server)$/u;
const COUNTED_AFTER = /^(?:unit|object|moved|confirmed|well|measure)$/u;

/** Whether it is known what each number counts, and nothing lacks of it. */
export function sumsUp(tokens: readonly Token[]): boolean {
  return tokens.every((_, index) => isSoundNumber(tokens, index)) && !isNothingOfSome(tokens);
}

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
  if (after && COUNTED_AFTER.test(/^(?:plain|waiting)$/u.test(after.role) ? (next?.role ?? "") : after.role))
    return true;
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
    tokens.flatMap((token, index) => (counted.test(written([token])) ? (countOf(tokens, index) ?? []) : []));
  const text = written(tokens);
  if (counts(/^well:/u).includes(0) || /number:0 unit:(?:b|bytes?|байт) /u.test(text)) return true;
  const most = Math.max(0, ...counts(/^moved:|:(?:total|всего) $/u));
  const held = counts(
    /^well:|:(?:ack|confirmed|подтвержд|применен|applied|accepted|учтен|обработан|processed)/u,
  );
  const byPeer = /:принят\S* (?:peer:\S+ )(?:\w+:сервером )?(?:mark:: )?number:(\d+) /u.exec(text);
  if ([...held, ...(byPeer ? [Number(byPeer[1])] : [])].some((count) => count < most)) return true;
  return (
    counts(/^(?:confirmed|done):/u).includes(0) &&
    counts(/^(?:moved|object):|:(?:total|всего) $/u).some((count) => count > 0)
  );
}

function countOf(tokens: readonly Token[], index: number): number | null {
  const [next, second] = [tokens[index + 1], tokens[index + 2]];
  const before = tokens[index - 1]?.role === "object" ? tokens[index - 2] : tokens[index - 1];
  const isLabel = /^(?:object|measure)$/u.test(next?.role ?? "") || /^[:=(]$/u.test(next?.text ?? "");
  const counted = [next, isLabel ? second : undefined, before].find((token) => token?.role === "number");
  return counted ? Number(counted.text) : null;
}
