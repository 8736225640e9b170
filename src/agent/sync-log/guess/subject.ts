import type { Token } from "./tokens.ts";

export function isWord({ role }: Token): boolean {
  return role !== "mark";
}

export function isForeign(token: Token | undefined): boolean {
  return token?.role === "foreign";
}

/** The words for the exchange with the main server, not for a part or property of something else. */
export function subjectsOf(tokens: readonly Token[]): Token[] {
  return tokens.filter((token, index) => token.role === "exchange" && isOwn(tokens, index));
}

/** False for «обмен накладными», "menu sync", `sync=5`. */
function isOwn(tokens: readonly Token[], index: number): boolean {
  const { text } = tokens[index] as Token;
  const isEnglish = /^[a-z]/u.test(text);
  const [before, after, other, otherThan] = [-1, 1, 2, 3].map((offset) => tokens[index + offset]);
  if (after?.text === "=" || (isEnglish && /^servers?$/u.test(after?.text ?? ""))) return false;
  if (!isEnglish && after?.role === "object" && !/ми$/u.test(after.text)) return false;
  // «Синхронизация с сервером времени», "sync of time".
  if (
    tokens
      .slice(index + 1, index + 5)
      .some(
        ({ text: word }, at, near) =>
          /^(?:времени|time)$/u.test(word) && /^(?:server|joins)$/u.test(near[at - 1]?.role ?? ""),
      )
  )
    return false;
  if ([before, after].some((beside) => isForeign(beside) || /^(?:времени|time)$/u.test(beside?.text ?? "")))
    return false;
  if (
    before?.role === "object" &&
    isEnglish &&
    after?.text !== "with" &&
    !/^(?:data|changes?)$/u.test(before.text)
  )
    return false;
  if (before?.role === "name" && (isEnglish || /[аи]$/u.test(text))) return false;
  const isObject = isEnglish
    ? !/ly$/u.test(after?.text ?? "")
    : /(?:[аяь]ми|ов|ей|ий|ии|ия)$/u.test(after?.text ?? "");
  if (after?.role === "name" && isObject) return false;
  if (!/^(?:with|со?)$/u.test(after?.text ?? "")) return true;
  return !isForeign(other) && (other?.role !== "name" || otherThan?.role === "server");
}
