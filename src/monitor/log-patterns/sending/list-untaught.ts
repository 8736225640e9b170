import { idList } from "../../database/id-list.ts";
import type { Db } from "../../database/schema.ts";
import { patternsFor, type SetsInForce, storedId } from "../sets/sets-in-force.ts";

/** When an agent is tried again that did not take its patterns. */
export const AGAIN_AFTER_MS = 5 * 60_000;

/**
 * POS servers that answer, can be taught, and were taught something else than is in force; new ones come before retries.
 * Reads only those that are due, however many refuse.
 * @param now ms UTC.
 */
export async function listUntaught(db: Db, sets: SetsInForce, now: number, limit: number): Promise<number[]> {
  const found = await listUntaughtOfOwn(db, sets, now);
  for (const [operator, againAt] of [["is", null] as const, ...dueTimes(now)]) {
    if (found.length >= limit) break;
    const rows = await selectUntaughtOfAll(db, sets)
      .where("teachAgainAt", operator, againAt)
      // New ones may be a whole fleet, of which any few will do.
      .$if(againAt !== null, (query) => query.orderBy("teachAgainAt"))
      .limit(limit - found.length)
      .execute();
    found.push(...rows.map(({ id }) => id));
  }
  return found.slice(0, limit);
}

/** Retries that are due; times too far ahead were written before the clock was set back. */
function dueTimes(now: number) {
  return [["<=", now] as const, [">", now + AGAIN_AFTER_MS] as const];
}

function selectUntaughtOfAll(db: Db, { ofAll, own }: SetsInForce) {
  return withTaughtIds(db)
    .selectFrom("taught")
    .innerJoin("posStatus", "posStatus.configurationId", "taught.id")
    .select("posServerId as id")
    .where("taught.id", "<>", storedId(ofAll?.patterns ?? null))
    .where("standing", "=", "active")
    .where("failedPolls", "=", 0)
    .where("posServerId", "not in", idList(own.keys()));
}

/** Found step by step in the index, since few ids differ. */
function withTaughtIds(db: Db) {
  return db.withRecursive("taught(id)", (ctes) =>
    ctes
      .selectFrom("posStatus")
      .select(({ fn }) => fn.min("configurationId").as("id"))
      .where("configurationId", "is not", null)
      .unionAll(
        ctes
          .selectFrom("taught")
          .select(({ selectFrom }) =>
            selectFrom("posStatus")
              .select(({ fn }) => fn.min("configurationId").as("id"))
              .whereRef("configurationId", ">", "taught.id")
              .as("id"),
          )
          .where("taught.id", "is not", null),
      ),
  );
}

async function listUntaughtOfOwn(db: Db, sets: SetsInForce, now: number): Promise<number[]> {
  if (sets.own.size === 0) return [];
  const rows = await db
    .selectFrom("posStatus")
    .select(["posServerId as id", "configurationId"])
    .where("posServerId", "in", idList(sets.own.keys()))
    .where("configurationId", "is not", null)
    .where("standing", "=", "active")
    .where("failedPolls", "=", 0)
    .where(({ or, eb }) =>
      or([
        eb("teachAgainAt", "is", null),
        ...dueTimes(now).map(([operator, at]) => eb("teachAgainAt", operator, at)),
      ]),
    )
    .orderBy("teachAgainAt")
    .execute();
  return rows
    .filter(({ id, configurationId }) => configurationId !== storedId(patternsFor(sets, id)))
    .map(({ id }) => id);
}
