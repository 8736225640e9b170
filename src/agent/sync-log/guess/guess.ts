import type { Pattern } from "../../../protocol/pattern.ts";
import type { ExchangeEventKind } from "../../config/log-patterns.ts";
import { splitHeader } from "../log-header.ts";
import { findFailure, type Grade, messageOf } from "./failure.ts";
import { withoutHarmless } from "./harmless.ts";
import { isForeign, subjectsOf } from "./subject.ts";
import { saysSuccess } from "./success.ts";
import { readTokens, type Token } from "./tokens.ts";

/** What a line may say of an exchange by its words alone; of a failure also what failed. */
export type Guess = { kind: "failed"; message: string } | { kind: Exclude<ExchangeEventKind, "failed"> };

/** Of these there is one in every line of which anything is guessed, letter case aside. */
export const GUESS_WORDS = (
  "обмен синхрониз репликац exchang sync replicat главн централ головн центр мейн лояльност айко " +
  "main central office headquarter loyalty iiko цо цс цод hq"
).split(" ");

const STACK_FRAME = /^\s+(?:at|в)\s/u;
const SQL =
  /\b(?:select\s.{1,200}?\sfrom|insert\s+into|update\s+\S{1,100}\s+set|delete\s+from|create\s+table)\b/iu;
const GRADES: Record<string, Grade> = { WARN: "warning", ERROR: "error", FATAL: "error" };

/**
 * Reads a line that nobody has explained by its words, in time that is proportional to its length. A failure is told in any words as
 * long as they are about this exchange; a success only where every word of the line is one of exchanges that work.
 */
export function guess(line: string, timestamp: Pattern | null): Guess | null {
  if (STACK_FRAME.test(line)) return null;
  const { level, message } = splitHeader(line, timestamp);
  if (SQL.test(message)) return null;
  const read = readTokens(message);
  if (read.some(({ role }) => role === "about")) return null;
  const tokens = withoutHarmless(read);
  const end = tokens.findIndex((_, index) => isElsewhere(tokens, index));
  const rest = end < 0 ? [] : tokens.slice(end);
  const said = tokens.slice(0, tokens.length - rest.length).map(asJoin);
  const grade = level === null ? "unknown" : (GRADES[level] ?? "information");
  const failure = findFailure(said, grade);
  if (failure) return { kind: "failed", message: messageOf(message, failure) };
  if (grade !== "error" && rest[0]?.role !== "elsewhere" && saysSuccess(said, rest))
    return { kind: "succeeded" };
  const hasBegun = subjectsOf(said).length > 0 && said.some(({ role }) => role === "began");
  return hasBegun && !said.some(isForeign) ? { kind: "attempted" } : null;
}

/** From here on a line is about another time or a condition; but «после 3 попыток» and `Retry-After` are about this one. */
function isElsewhere(tokens: Token[], index: number): boolean {
  const { role, text } = tokens[index] as Token;
  if (role !== "elsewhere") return role === "next";
  const isCounted = tokens[index + 1]?.role === "number" || tokens[index - 1]?.text === "-";
  return !(isCounted && /^(?:after|после|до)$/u.test(text));
}

function asJoin(token: Token): Token {
  return token.role === "elsewhere" ? { ...token, role: "joins" } : token;
}
