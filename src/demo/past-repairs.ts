import { randomUUID } from "node:crypto";
import type { Db } from "../monitor/database/schema.ts";
import { SECOND_MS } from "../protocol/time-units.ts";

const ASKED_BY = { userLogin: "admin", userName: "Анна Иванова", userAddress: "127.0.0.1" };

/** Writes the reset or the start of a service that ended a trouble of a POS server at `endedAt` (ms UTC). */
export async function writePastRepair(
  trx: Db,
  posServerId: number,
  kind: "reset" | "start",
  endedAt: number,
): Promise<void> {
  const syncedAt = endedAt - 6 * SECOND_MS;
  const runsAt = syncedAt - (8 + (posServerId % 7)) * SECOND_MS;
  const [begunAt, requestedAt] = [runsAt - 9 * SECOND_MS, runsAt - 13 * SECOND_MS];
  const asked = { posServerId, idempotencyKey: randomUUID(), requestedAt, ...ASKED_BY, syncedAt, runsAt };
  if (kind === "start") {
    const done = { status: "done", startedAt: begunAt, finishedAt: runsAt, exchange: "restored" } as const;
    const start = { ...asked, ...done };
    await trx.insertInto("serviceStart").values(start).execute();
    return;
  }
  const { crmId, identity } = await trx
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["crmId", "identity"])
    .where("posServer.id", "=", posServerId)
    .executeTakeFirstOrThrow();
  const wanted = { confirmation: crmId, identity: identity ?? "", fetchLogs: 0, startService: 1 };
  const done = { step: "done", stepAt: endedAt, begunAt, resetAt: runsAt, finishedAt: endedAt } as const;
  const { id: databaseResetId } = await trx
    .insertInto("databaseReset")
    .values({ ...asked, ...wanted, ...done })
    .returning("id")
    .executeTakeFirstOrThrow();
  const steps = [
    { databaseResetId, step: "resetting", at: begunAt },
    { databaseResetId, step: "awaiting_sync", at: runsAt },
    { databaseResetId, step: "done", at: endedAt },
  ] as const;
  await trx.insertInto("databaseResetStep").values(steps).execute();
}
