import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { patternsFor, type SetsInForce, storedId } from "../sets/sets-in-force.ts";

/** Whoever did not take what was sent is asked again after so long, and not before. */
export const AGAIN_AFTER_MS = 5 * 60_000;

/**
 * Lists POS servers that answer, can be taught, and were taught something else than is in force: those that are taught at
 * once before those that are tried again. However many refuse, only those that are due are looked at.
 * @param now ms UTC.
 */
export async function listUntaught(db: Db, sets: SetsInForce, now: number, limit: number): Promise<number[]> {
  const found = await listUntaughtOfOwn(db, sets, now);
  for (const [operator, againAt] of [["is", null] as const, ...dueTimes(now)]) {
    if (found.length >= limit) break;
    const rows = await selectUntaughtOfAll(db, sets)
      .where("teachAgainAt", operator, againAt)
      // Those that wait for nothing may be a whole fleet, of which the first few will do.
      .$if(againAt !== null, (query) => query.orderBy("teachAgainAt"))
      .limit(limit - found.length)
      .execute();
    found.push(...rows.map(({ id }) => id));
  }
  return found.slice(0, limit);
}

/** Whoever is tried again is due: later times were written before the clock was set back. */
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
    .where("posServerId", "not in", idsOf(own));
}

/** What agents were taught, each once: step by step through the index, since it is little that many have. */
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
    .select(["posServerId as id", "configurationId as taughtId"])
    .where("posServerId", "in", idsOf(sets.own))
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
  return rows.filter(({ id, taughtId }) => taughtId !== storedId(patternsFor(sets, id))).map(({ id }) => id);
}

/** However many there are. */
function idsOf(own: SetsInForce["own"]) {
  return sql<number>`(select value from json_each(${JSON.stringify([...own.keys()])}))`;
}
