import { sql } from "kysely";
import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import { patternOfKind } from "../../../protocol/taught-pattern.ts";
import type { Db } from "../../database/schema.ts";
import { NO_PATTERNS, type PatternKind, patternsBy } from "../sets/compose-patterns.ts";
import type { PatternSet } from "../sets/sets-in-force.ts";
import { kindId, type SeenKind } from "../teaching/seen-kinds.ts";

const MOST_ASKED = 8;

/** What agents may guess, in the order of the page. */
export const GUESSED_KINDS = ["succeeded", "failed", "attempted"] as const;

export interface GuessedLine {
  kind: (typeof GUESSED_KINDS)[number];
  text: string;
  count: number;
  example: string;
  /** How many logs have it. */
  posServers: number;
}

export type AskedPosServer = Awaited<ReturnType<typeof listWhomToAsk>>[number];

/** Lists some POS servers, of different versions, whose exchange is only guessed; `all`: how many there are. */
export async function listWhomToAsk(db: Db) {
  const rank = sql<number>`row_number() over (partition by version order by pos_status.pos_server_id)`;
  return await db
    .selectFrom("posStatus")
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .select(["posServer.id", "posServer.name", "posServer.organizationId"])
    .select(["clockShiftMs", sql<number>`count(*) over ()`.as("all")])
    .where("logEvidence", "=", sql.lit("guess"))
    .where("standing", "=", "active")
    .where("failedPolls", "=", 0)
    .orderBy(rank)
    .orderBy("posServer.id")
    .limit(MOST_ASKED)
    .execute();
}

/** The most frequent first. */
export function mergeGuesses(logs: readonly (readonly SeenKind[])[]): GuessedLine[] {
  const merged = new Map<string, GuessedLine>();
  for (const { says, text, count, example } of logs.flat()) {
    if (says?.evidence !== "guess") continue;
    const key = `${says.kind} ${text}`;
    const known = merged.get(key) ?? { kind: says.kind, text, example, count: 0, posServers: 0 };
    known.count += count;
    known.posServers += 1;
    merged.set(key, known);
  }
  return [...merged.values()].sort((one, other) => other.count - one.count);
}

export function writeLine({ kind, text }: Pick<GuessedLine, "kind" | "text">): string {
  return `${kind} ${kindId(text)} ${text}`;
}

/** Written by `writeLine`; all others are dropped. */
export function readLines(sent: readonly string[]): Pick<GuessedLine, "kind" | "text">[] {
  return sent.flatMap((line) => {
    const [, name, id, text = ""] = /^(\w+) (\S+) (.+)$/su.exec(line) ?? [];
    const kind = GUESSED_KINDS.find((one) => one === name);
    return kind && kindId(text) === id ? { kind, text } : [];
  });
}

/** The patterns for all, with those of confirmed lines added. */
export function confirmed(inForce: PatternSet | null, lines: ReturnType<typeof readLines>): TaughtPatterns {
  const before = inForce?.patterns ?? NO_PATTERNS;
  const withLines = (kind: PatternKind) => [
    ...before[kind],
    ...lines.filter((line) => line.kind === kind).map(({ text }) => patternOfKind(text, kind === "failed")),
  ];
  return patternsBy(withLines, before.timestamp);
}
