import type { Db } from "../../database/schema.ts";
import { idList, patternsFor, type SetsInForce, storedId } from "../sets/sets-in-force.ts";

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
