import type { AuditDetail } from "../audit-log/detail.ts";
import {
  type Actor,
  aboutPosServer,
  type NamedPosServer,
  PROGRAM,
  recordEvent,
} from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { copyRegistry } from "./copy-registry.ts";
import { endAcknowledgementsOf } from "./end-acknowledgements.ts";
import { queueTroubleChanges } from "./queue-changes.ts";

export interface ParkingTerms {
  userId: number | null;
  userName: string | null;
  reason: string | null;
  /** ms UTC; null = until somebody unparks it. */
  endsAt: number | null;
}

/** Stops polling, or begins again: the POS server then waits for its first poll, without former failures. */
export async function setParked(
  db: Db,
  id: number,
  isParked: boolean,
  now: number,
  terms: ParkingTerms | null = null,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable("posServer")
      .set({ parked: isParked ? 1 : 0 })
      .where("id", "=", id)
      .execute();
    await copyRegistry(trx, [id]);
    await queueTroubleChanges(trx, [id]);
    await trx
      .insertInto("stateChange")
      .values({ posServerId: id, at: now, state: isParked ? "parked" : "pending" })
      .execute();
    await trx.deleteFrom("parking").where("posServerId", "=", id).execute();
    if (isParked) {
      await endAcknowledgementsOf(trx, "posServer", [id], "parked", now);
      const parking = terms && { posServerId: id, parkedAt: now, ...terms };
      if (parking) await trx.insertInto("parking").values(parking).execute();
      return;
    }
    await trx
      .updateTable("posStatus")
      .set({
        state: "pending",
        stateSince: now,
        failedPolls: 0,
        failureCode: null,
        failureDetail: null,
        silentSince: null,
        stateBefore: null,
        stateBeforeSince: null,
        causeKey: null,
        causeSince: null,
        problemSince: null,
        recoveredAt: null,
        errorSearch: null,
      })
      .where("posServerId", "=", id)
      .execute();
  });
}

/** Parks it with a reason and an end (ms UTC; null = until somebody unparks it), or changes these of one that is parked. */
export async function park(
  db: Db,
  actor: Actor,
  posServer: NamedPosServer,
  { reason, endsAt }: Pick<ParkingTerms, "reason" | "endsAt">,
  now: number,
): Promise<void> {
  const { id } = posServer;
  const terms = { userId: actor.userId, userName: actor.name, reason, endsAt };
  const detail: AuditDetail = [
    ...(reason === null ? [] : [{ key: "parkingReason" as const, values: { reason } }]),
    ...(endsAt === null ? [] : [{ key: "parkingEnd" as const, values: { at: endsAt } }]),
  ];
  await inTransaction(db, async (trx) => {
    const wasParked = await isParked(trx, id);
    const before = await findParking(trx, id);
    const isSame = (before?.reason ?? null) === reason && (before?.endsAt ?? null) === endsAt;
    if (wasParked && isSame) return;
    if (wasParked) await changeParking(trx, id, terms, now);
    else await setParked(trx, id, true, now, terms);
    const event = { action: "pos_server_park", ...aboutPosServer(posServer), detail } as const;
    await recordEvent(trx, actor, event, now);
  });
}

/** A POS server that is not there is not parked. */
export async function isParked(db: Db, id: number): Promise<boolean> {
  const row = await db.selectFrom("posServer").select("parked").where("id", "=", id).executeTakeFirst();
  return row?.parked === 1;
}

/** Changes reason or end; since when and by whom it is parked stays. */
export async function changeParking(db: Db, id: number, terms: ParkingTerms, now: number): Promise<void> {
  const { reason, endsAt } = terms;
  await db
    .insertInto("parking")
    .values({ posServerId: id, parkedAt: now, ...terms })
    .onConflict((conflict) => conflict.column("posServerId").doUpdateSet({ reason, endsAt }))
    .execute();
}

export type Parking = NonNullable<Awaited<ReturnType<typeof findParking>>>;

/** null when it is not parked, or nothing is known. */
export async function findParking(db: Db, posServerId: number) {
  const row = await db
    .selectFrom("parking")
    .select(["parkedAt", "userName", "reason", "endsAt"])
    .where("posServerId", "=", posServerId)
    .executeTakeFirst();
  return row ?? null;
}

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
