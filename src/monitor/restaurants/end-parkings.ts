import { PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { setParked } from "./park-pos-server.ts";

/** Begins again with the POS servers whose parking is over at `now` (ms UTC). @returns their ids. */
export async function endParkings(db: Db, now: number): Promise<number[]> {
  const over = await db
    .selectFrom("parking")
    .innerJoin("posServer", "posServer.id", "parking.posServerId")
    .select(["posServer.id", "posServer.name", "posServer.organizationId"])
    .where("endsAt", "<=", now)
    .execute();
  const ended: number[] = [];
  for (const { id, name, organizationId } of over) {
    const isEnded = await db.transaction().execute(async (trx) => {
      // Somebody may have moved the end meanwhile.
      const { numDeletedRows } = await trx
        .deleteFrom("parking")
        .where("posServerId", "=", id)
        .where("endsAt", "<=", now)
        .executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) return false;
      await setParked(trx, id, false, now);
      await recordEvent(
        trx,
        PROGRAM,
        {
          action: "pos_server_unpark",
          subject: name,
          organizationId,
          posServerId: id,
          detail: [{ key: "parkingEnded", values: {} }],
        },
        now,
      );
      return true;
    });
    if (isEnded) ended.push(id);
  }
  return ended;
}
