import { type Kysely, sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { patternsFor, type SetsInForce, storedId } from "../sets/sets-in-force.ts";

/** Whoever did not take what was sent is asked again after so long, and not before. */
export const AGAIN_AFTER_MS = 5 * 60_000;

/**
 * Lists POS servers that answer, can be taught, and were taught something else than is in force: those that were not tried
 * yet before those that are tried again.
 * @param now ms UTC.
 */
export async function listUntaught(
  db: Kysely<Database>,
  sets: SetsInForce,
  now: number,
  limit: number,
): Promise<number[]> {
  const own = await listUntaughtOfOwn(db, sets, now);
  const untried = await listUntaughtOfAll(db, sets, limit, "untried", now);
  const found = [...own, ...untried].slice(0, limit);
  if (found.length === limit) return found;
  return [...found, ...(await listUntaughtOfAll(db, sets, limit - found.length, "again", now))];
}

async function listUntaughtOfAll(
  db: Kysely<Database>,
  { ofAll, own }: SetsInForce,
  limit: number,
  which: "untried" | "again",
  now: number,
): Promise<number[]> {
  const wanted = storedId(ofAll?.patterns ?? null);
  let query = selectTaught(db)
    .where((eb) =>
      eb.or([eb("pos_status.configuration_id", "<", wanted), eb("pos_status.configuration_id", ">", wanted)]),
    )
    .where("pos_status.pos_server_id", "not in", idsOf(own));
  query =
    which === "untried"
      ? query.where((eb) =>
          eb.or([eb("tried_at", "is", null), eb("delivery.configuration_id", "<>", wanted)]),
        )
      : query
          .where("delivery.configuration_id", "=", wanted)
          .where((eb) => eb.not(eb.between("tried_at", now - AGAIN_AFTER_MS + 1, now)))
          .orderBy("tried_at");
  const rows = await query.limit(limit).execute();
  return rows.map(({ id }) => id);
}

async function listUntaughtOfOwn(db: Kysely<Database>, sets: SetsInForce, now: number): Promise<number[]> {
  if (sets.own.size === 0) return [];
  const rows = await selectTaught(db)
    .where("pos_status.pos_server_id", "in", idsOf(sets.own))
    .orderBy("tried_at")
    .execute();
  return rows
    .filter(({ id, taughtId, sentId, triedAt }) => {
      const wanted = storedId(patternsFor(sets, id));
      const isTriedLately =
        sentId === wanted && triedAt !== null && triedAt <= now && triedAt > now - AGAIN_AFTER_MS;
      return taughtId !== wanted && !isTriedLately;
    })
    .map(({ id }) => id);
}

function selectTaught(db: Kysely<Database>) {
  return db
    .selectFrom("pos_status")
    .leftJoin("log_pattern_delivery as delivery", "delivery.pos_server_id", "pos_status.pos_server_id")
    .select([
      "pos_status.pos_server_id as id",
      "pos_status.configuration_id as taughtId",
      "delivery.configuration_id as sentId",
      "tried_at as triedAt",
    ])
    .where("pos_status.configuration_id", "is not", null)
    .where("standing", "=", "active")
    .where("failed_polls", "=", 0);
}

/** However many there are. */
function idsOf(own: SetsInForce["own"]) {
  return sql<number>`(select value from json_each(${JSON.stringify([...own.keys()])}))`;
}
