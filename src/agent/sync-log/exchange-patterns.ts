import type { ExchangeEventKind, ExchangePatterns } from "../config/config.ts";

const MAX_MESSAGE_LENGTH = 2_000;
/** Room for a message and what stands before it; patterns take long on longer lines. */
const MAX_MATCHED_LENGTH = 4_096;

export interface MatchedLine {
  kind: ExchangeEventKind;
  /** What failed, at most 2,000 characters; null unless `kind` is `failed`. */
  message: string | null;
}

// A line that fits several kinds must not look healthier than it is.
const KINDS_IN_ORDER = ["failed", "succeeded", "attempted"] as const;

/** Tells what a line of the log says about the exchange with the main server; null = nothing. */
export function matchExchangeLine(text: string, patterns: ExchangePatterns): MatchedLine | null {
  const start = text.slice(0, MAX_MATCHED_LENGTH);
  for (const kind of KINDS_IN_ORDER) {
    for (const pattern of patterns[kind]) {
      const match = pattern.exec(start);
      if (match)
        return {
          kind,
          message: kind === "failed" ? cutMessage(match.groups?.message || match[0] || text) : null,
        };
    }
  }
  return null;
}

function cutMessage(message: string): string {
  const printable = message.replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim();
  if (printable.length <= MAX_MESSAGE_LENGTH) return printable;
  // Cutting between the halves of a character would leave one that no encoding can carry.
  return `${printable.slice(0, MAX_MESSAGE_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
