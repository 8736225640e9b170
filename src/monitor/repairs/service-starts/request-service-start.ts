import { randomUUID } from "node:crypto";
import { type Actor, aboutPosServer, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { actorColumns } from "../../requests/request-columns.ts";
import { expiryOf, noteWaiting, waitLonger } from "../../requests/waiting.ts";
import { enterStep } from "../database-resets/enter-step.ts";
import { findOpenResetOf } from "../database-resets/find-database-resets.ts";
import type { DatabaseResetStep } from "../database-resets/step.ts";
import { findOpenStart, findOpenStartOf } from "./find-service-starts.ts";

/** While a reset is about the files of the database, the service must not open them. */
const NO_START_IN: readonly DatabaseResetStep[] = ["resetting"];
const WAITS_FOR_START: readonly DatabaseResetStep[] = ["awaiting_start", "awaiting_sync"];

export type RequestedStart =
  /** `isJoined`: it was under way already. */
  { id: number; resetId: number | null; isJoined: boolean } | { refusedBy: number };

/**
 * Asks for the start of a service; a reset that waits for it goes on with it. One start at a time: the open one is joined,
 * and waits for its agent as long as a new one would.
 * @param options.isAgentAway its agent is not connected, so that it waits.
 */
export async function requestServiceStart(
  db: Db,
  actor: Actor,
  posServer: { id: number; name: string; organizationId: number },
  now: number,
  { isAgentAway = false } = {},
): Promise<RequestedStart> {
  return await db.transaction().execute(async (trx) => {
    const running = await findOpenStartOf(trx, posServer.id);
    const expiresAt = await expiryOf(trx, "serviceStart", posServer.id, now);
    if (running) {
      await waitLonger(trx, "serviceStart", { ...running, expiresAt }, actor, now);
      return { id: running.id, resetId: running.databaseResetId, isJoined: true };
    }
    const reset = await findOpenResetOf(trx, posServer.id);
    if (reset && NO_START_IN.includes(reset.step)) return { refusedBy: reset.id };
    const resetId = reset && WAITS_FOR_START.includes(reset.step) ? reset.id : null;
    const { id } = await trx
      .insertInto("serviceStart")
      .values({
        posServerId: posServer.id,
        databaseResetId: resetId,
        idempotencyKey: randomUUID(),
        requestedAt: now,
        ...actorColumns(actor),
        status: "queued",
        expiresAt,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await recordEvent(trx, actor, { action: "service_start", ...aboutPosServer(posServer) }, now);
    if (reset?.step === "awaiting_start") await enterStep(trx, reset, { step: "starting", actor }, now);
    const start = isAgentAway ? await findOpenStart(trx, id) : null;
    if (start) await noteWaiting(trx, "serviceStart", start, actor, now);
    return { id, resetId, isJoined: false };
  });
}
