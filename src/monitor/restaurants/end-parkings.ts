import { aboutPosServer, PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { setParked } from "./park-pos-server.ts";

/** Ends parkings whose time is over at `now` (ms UTC). @returns the ids of their POS servers. */
export async function endParkings(db: Db, now: number): Promise<number[]> {
  const over = await db
    .selectFrom("parking")
    .innerJoin("posServer", "posServer.id", "parking.posServerId")
    .select(["posServer.id", "posServer.name", "posServer.organizationId"])
    .where("endsAt", "<=", now)
    .execute();
  const ended: number[] = [];
  for (const posServer of over) {
    const { id } = posServer;
    const isEnded = await db.transaction().execute(async (trx) => {
      // The end may have been changed meanwhile.
      const { numDeletedRows } = await trx
        .deleteFrom("parking")
        .where("posServerId", "=", id)
        .where("endsAt", "<=", now)
        .executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) return false;
      await setParked(trx, id, false, now);
      const detail = [{ key: "parkingEnded", values: {} }] as const;
      const event = { action: "pos_server_unpark", ...aboutPosServer(posServer), detail } as const;
      await recordEvent(trx, PROGRAM, event, now);
      return true;
    });
    if (isEnded) ended.push(id);
  }
  return ended;
}
