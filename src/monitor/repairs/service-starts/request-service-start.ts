import { randomUUID } from "node:crypto";
import {
  type Actor,
  aboutPosServer,
  type NamedPosServer,
  recordEvent,
} from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { actorColumns } from "../../requests/request-columns.ts";
import { expiryOf, noteWaiting, waitLonger } from "../../requests/waiting.ts";
import { enterStep } from "../database-resets/enter-step.ts";
import { findOpenResetOf } from "../database-resets/find-database-resets.ts";
import type { DatabaseResetStep } from "../database-resets/step.ts";
import { findOpenStart, findOpenStartOf } from "./find-service-starts.ts";

/** The service must not open the database while a reset moves it. */
const NO_START_IN: readonly DatabaseResetStep[] = ["resetting"];
const WAITS_FOR_START: readonly DatabaseResetStep[] = ["awaiting_start", "awaiting_sync"];

/** `isJoined`: it was already under way. */
type RequestedStart = { id: number; resetId: number | null; isJoined: boolean } | { refusedBy: number };

/**
 * Queues the start of a service; a reset that waits for it goes on. An open start is joined and prolonged.
 * @param options.isAgentAway it waits for its agent.
 * @param options.isRestart the service is stopped first.
 */
export async function requestServiceStart(
  db: Db,
  actor: Actor,
  posServer: NamedPosServer,
  now: number,
  { isAgentAway = false, isRestart = false } = {},
): Promise<RequestedStart> {
  return await inTransaction(db, async (trx) => {
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
        isRestart: Number(isRestart),
        idempotencyKey: randomUUID(),
        requestedAt: now,
        ...actorColumns(actor),
        status: "queued",
        expiresAt,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const action = isRestart ? "service_restart" : "service_start";
    await recordEvent(trx, actor, { action, ...aboutPosServer(posServer) }, now);
    if (reset?.step === "awaiting_start") await enterStep(trx, reset, { step: "starting", actor }, now);
    const start = isAgentAway ? await findOpenStart(trx, id) : null;
    if (start) await noteWaiting(trx, "serviceStart", start, actor, now);
    return { id, resetId, isJoined: false };
  });
}
