import type { Db } from "../database/schema.ts";

/** When the network of Poswatch itself was gone, ms UTC; `endedAt` null = it still is. */
export interface NetworkOutage {
  beganAt: number;
  endedAt: number | null;
}

/** Records that it is gone since then. @returns the id of the outage. */
export async function beginNetworkOutage(db: Db, beganAt: number): Promise<number> {
  const { id } = await db
    .insertInto("networkOutage")
    .values({ beganAt })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Records that it is back; a process that ended meanwhile may have left several. */
export async function endNetworkOutages(db: Db, now: number): Promise<void> {
  await db
    .updateTable("networkOutage")
    .set(({ fn, ref, val }) => ({ endedAt: fn<number>("max", [ref("beganAt"), val(now)]) }))
    .where("endedAt", "is", null)
    .execute();
}

/** Lists the outages that lasted until `from` (ms UTC) at least, oldest first. */
export async function listNetworkOutages(db: Db, from: number): Promise<NetworkOutage[]> {
  return await db
    .selectFrom("networkOutage")
    .select(["beganAt", "endedAt"])
    .where(({ or, eb }) => or([eb("endedAt", "is", null), eb("endedAt", ">=", from)]))
    .orderBy("beganAt")
    .execute();
}
