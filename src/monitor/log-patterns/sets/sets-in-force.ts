import { configurationId, type TaughtPatterns } from "../../../protocol/log-patterns.ts";
import { idList } from "../../database/id-list.ts";
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

/** null = nothing. */
export function patternsFor({ ofAll, own }: SetsInForce, posServerId: number): TaughtPatterns | null {
  const composed = composePatterns(own.get(posServerId)?.patterns ?? null, ofAll?.patterns ?? null);
  return composed && withinLimits(composed);
}

/** As the database stores it: empty = no patterns. */
export function storedId(patterns: TaughtPatterns | null): string {
  return configurationId(patterns) ?? "";
}

/**
 * How many POS servers in use have taken the patterns in force, can take them, or have no agent. `takenOwn`: those with own
 * patterns that took them.
 */
export async function countTaken(db: Db, sets: SetsInForce) {
  const ownIds = idList(sets.own.keys());
  const inUse = db
    .selectFrom("posStatus")
    .where("standing", "=", "active")
    .where("lastUpdateAt", "is not", null)
    .where("state", "<>", "unsupported");
  const others = await inUse
    .select(["configurationId", ({ fn }) => fn.countAll<number>().as("count")])
    .where("posServerId", "not in", ownIds)
    .groupBy("configurationId")
    .execute();
  const own = await inUse
    .select(["configurationId", "posServerId as id"])
    .where("posServerId", "in", ownIds)
    .execute();
  const wanted = storedId(sets.ofAll?.patterns ?? null);
  const takenOwn = new Set(
    own
      .filter(({ id, configurationId }) => configurationId === storedId(patternsFor(sets, id)))
      .map(({ id }) => id),
  );
  const sum = (isCounted: (configurationId: string | null) => boolean) =>
    others
      .filter(({ configurationId }) => isCounted(configurationId))
      .reduce((total, { count }) => total + count, 0);
  const ownWithoutAgent = own.filter(({ configurationId }) => configurationId === null).length;
  return {
    takenOwn,
    taken: sum((id) => id === wanted) + takenOwn.size,
    canBeTaught: sum((id) => id !== null) + own.length - ownWithoutAgent,
    withoutAgent: sum((id) => id === null) + ownWithoutAgent,
  };
}
