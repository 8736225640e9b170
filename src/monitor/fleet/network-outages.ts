import type { Db } from "../database/schema.ts";

/** When the network of Poswatch itself was gone, ms UTC; `endedAt` null = it still is. */
export interface NetworkOutage {
  beganAt: number;
  endedAt: number | null;
}

/** Records that it is gone since then. @returns the id of the outage. */
export async function beginNetworkOutage(db: Db, began_at: number): Promise<number> {
  const { id } = await db
    .insertInto("network_outage")
    .values({ began_at })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Records that it is back; a process that ended meanwhile may have left several. */
export async function endNetworkOutages(db: Db, now: number): Promise<void> {
  await db
    .updateTable("network_outage")
    .set(({ fn, ref, val }) => ({ ended_at: fn<number>("max", [ref("began_at"), val(now)]) }))
    .where("ended_at", "is", null)
    .execute();
}

/** Lists the outages that lasted until `from` (ms UTC) at least, oldest first. */
export async function listNetworkOutages(db: Db, from: number): Promise<NetworkOutage[]> {
  return await db
    .selectFrom("network_outage")
    .select(["began_at as beganAt", "ended_at as endedAt"])
    .where(({ or, eb }) => or([eb("ended_at", "is", null), eb("ended_at", ">=", from)]))
    .orderBy("began_at")
    .execute();
}
