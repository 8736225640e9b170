import { sql } from "kysely";
import { configurationId, type TaughtPatterns } from "../../../protocol/log-patterns.ts";
import type { Db } from "../../database/schema.ts";
import { composePatterns, withinLimits } from "./compose-patterns.ts";

/** Patterns in force, with who taught them and when (ms UTC). */
export interface PatternSet {
  id: number;
  patterns: TaughtPatterns;
  userName: string;
  taughtAt: number;
}

/** For all POS servers, and for single ones by id. */
export interface SetsInForce {
  ofAll: PatternSet | null;
  own: ReadonlyMap<number, PatternSet>;
}

/** @param posServerId the only POS server whose own set is read; by default all. */
export async function readSetsInForce(db: Db, posServerId?: number): Promise<SetsInForce> {
  const rows = await db
    .selectFrom("logPatternSet")
    .select(["id", "posServerId", "patterns"])
    .select(["userName", "taughtAt"])
    .where("id", "in", (eb) =>
      eb
        .selectFrom("logPatternSet")
        .select(({ fn }) => fn.max("id").as("id"))
        .where("takenBackAt", "is", null)
        .$if(posServerId !== undefined, (sets) =>
          sets.where(({ or, eb }) =>
            or([eb("posServerId", "is", null), eb("posServerId", "is", posServerId ?? null)]),
          ),
        )
        .groupBy("posServerId"),
    )
    .execute();
  const own = new Map<number, PatternSet>();
  let ofAll: PatternSet | null = null;
  for (const { posServerId, ...row } of rows) {
    const set = { ...row, patterns: JSON.parse(row.patterns) as TaughtPatterns };
    if (posServerId === null) ofAll = set;
    else own.set(posServerId, set);
  }
  return { ofAll, own };
}

/** Ids as a list for `in`, however many. */
export function idList(ids: Iterable<number>) {
  return sql<number>`(select value from json_each(${JSON.stringify([...ids])}))`;
}

/** null = nothing. */
export function patternsFor({ ofAll, own }: SetsInForce, posServerId: number): TaughtPatterns | null {
  const composed = composePatterns(own.get(posServerId)?.patterns ?? null, ofAll?.patterns ?? null);
  return composed && withinLimits(composed);
}

/** As the database stores it: empty = no patterns. */
export function storedId(patterns: TaughtPatterns | null): string {
  return configurationId(patterns) ?? "";
}
