import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { patternsFor, type SetsInForce, storedId } from "../sets/sets-in-force.ts";

/** How many POS servers have taken what is in force for them, of how many that can; agents of the others are too old. */
export interface TakenCounts {
  taken: number;
  canBeTaught: number;
  outdated: number;
}

/** Counts POS servers that are in use and have reported. @returns also those with patterns of their own that have taken them. */
export async function countTaken(
  db: Db,
  sets: SetsInForce,
): Promise<TakenCounts & { takenOwn: ReadonlySet<number> }> {
  const ownIds = sql<number>`(select value from json_each(${JSON.stringify([...sets.own.keys()])}))`;
  const inUse = db
    .selectFrom("posStatus")
    .where("standing", "=", "active")
    .where("lastUpdateAt", "is not", null)
    .where("state", "<>", "unsupported");
  const others = await inUse
    .select(["configurationId as taughtId", ({ fn }) => fn.countAll<number>().as("count")])
    .where("posServerId", "not in", ownIds)
    .groupBy("configurationId")
    .execute();
  const own = await inUse
    .select(["configurationId as taughtId", "posServerId as id"])
    .where("posServerId", "in", ownIds)
    .execute();
  const wanted = storedId(sets.ofAll?.patterns ?? null);
  const takenOwn = new Set(
    own.filter(({ id, taughtId }) => taughtId === storedId(patternsFor(sets, id))).map(({ id }) => id),
  );
  const sum = (isCounted: (taughtId: string | null) => boolean) =>
    others.filter(({ taughtId }) => isCounted(taughtId)).reduce((total, { count }) => total + count, 0);
  return {
    takenOwn,
    taken: sum((id) => id === wanted) + takenOwn.size,
    canBeTaught: sum((id) => id !== null) + own.filter(({ taughtId }) => taughtId !== null).length,
    outdated: sum((id) => id === null) + own.filter(({ taughtId }) => taughtId === null).length,
  };
}
