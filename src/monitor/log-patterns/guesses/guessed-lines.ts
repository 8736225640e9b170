import { sql } from "kysely";
import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import { patternOfKind } from "../../../protocol/taught-pattern.ts";
import type { Db } from "../../database/schema.ts";
import { NO_PATTERNS, type PatternKind, patternsBy } from "../sets/compose-patterns.ts";
import type { PatternSet } from "../sets/sets-in-force.ts";
import { kindId, type SeenKind } from "../teaching/seen-kinds.ts";

/** Whose logs are looked at. */
const MOST_ASKED = 8;

/** What a guess may say, in the order of the page. */
export const GUESSED_KINDS = ["succeeded", "failed", "attempted"] as const;
export type GuessedKind = (typeof GUESSED_KINDS)[number];

/** Lines from which agents guess what an exchange did. */
export interface GuessedLine {
  kind: GuessedKind;
  text: string;
  count: number;
  example: string;
  /** In how many of the logs. */
  posServers: number;
}

export type AskedPosServer = Awaited<ReturnType<typeof listWhomToAsk>>[number];

/** Lists some of the POS servers whose exchange is known by a guess, of each version some; `all`: how many there are. */
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

/** Puts together what several logs have, the most frequent first. @param logs the kinds of lines of each. */
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

/** A line as a form sends it back: its kind, and its text. */
export function writeLine({ kind, text }: Pick<GuessedLine, "kind" | "text">): string {
  return `${kind} ${kindId(text)} ${text}`;
}

/** Reads what `writeLine` has written; whatever else there is left out. */
export function readLines(sent: unknown): Pick<GuessedLine, "kind" | "text">[] {
  return [sent].flat().flatMap((line) => {
    const [, name, id, text = ""] = /^(\w+) (\S+) (.+)$/su.exec(String(line ?? "")) ?? [];
    const kind = GUESSED_KINDS.find((one) => one === name);
    return kind && kindId(text) === id ? { kind, text } : [];
  });
}

/** The patterns of all with those of lines that were confirmed. */
export function confirmed(inForce: PatternSet | null, lines: ReturnType<typeof readLines>): TaughtPatterns {
  const before = inForce?.patterns ?? NO_PATTERNS;
  const withLines = (kind: PatternKind) => [
    ...before[kind],
    ...lines.filter((line) => line.kind === kind).map(({ text }) => patternOfKind(text, kind === "failed")),
  ];
  return patternsBy(withLines, before.timestamp);
}
