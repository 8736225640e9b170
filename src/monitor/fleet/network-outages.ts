import type { Db } from "../database/schema.ts";

/** Of the monitor's own network. @returns the id of the outage. */
export async function beginNetworkOutage(db: Db, beganAt: number): Promise<number> {
  const { id } = await db
    .insertInto("networkOutage")
    .values({ beganAt })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Ends all: a process that ended during one may have left it open. */
export async function endNetworkOutages(db: Db, now: number): Promise<void> {
  await db
    .updateTable("networkOutage")
    .set(({ fn, ref, val }) => ({ endedAt: fn<number>("max", [ref("beganAt"), val(now)]) }))
    .where("endedAt", "is", null)
    .execute();
}

/** Those that lasted until `from` (ms UTC) or longer, oldest first; `endedAt` null = it still lasts. */
export async function listNetworkOutages(db: Db, from: number) {
  return await db
    .selectFrom("networkOutage")
    .select(["beganAt", "endedAt"])
    .where(({ or, eb }) => or([eb("endedAt", "is", null), eb("endedAt", ">=", from)]))
    .orderBy("beganAt")
    .execute();
}
