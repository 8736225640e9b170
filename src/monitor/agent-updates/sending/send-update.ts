import { PROGRAM, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { readPosServerToCall } from "../../fleet/pos-server-to-call.ts";
import type { PosClient } from "../../pos-client/client.ts";
import { hasOpenRequest } from "../../requests/has-open-request.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { OfferedUpdate } from "../rollouts/offered-update.ts";
import { findRollout } from "../rollouts/rollout.ts";
import { failureEvent, keepState } from "../rollouts/settle.ts";
import { isFinal, type UpdateFailure, updateFailureOf } from "../rollouts/update-failure.ts";

/** Whoever could not take it now is asked again after so long, unless it says when. */
const AGAIN_AFTER_MS = 60_000;

export interface UpdatingDependencies {
  db: Db;
  client: PosClient;
  secretBox: SecretBox;
  /** ms UTC. */
  clock: () => number;
}

/** A POS server with a place in a rollout. */
export interface Addressee {
  rolloutId: number;
  posServerId: number;
}

/**
 * Sends an update to the agent of a POS server, unless something is under way there, and keeps how that ended.
 * @throws when the POS server is not there, or nothing can be said about it; the signal's reason.
 */
export async function sendUpdate(
  { db, client, secretBox, clock }: UpdatingDependencies,
  addressee: Addressee,
  { content }: OfferedUpdate,
  signal: AbortSignal,
): Promise<void> {
  const { posServerId } = addressee;
  const called = await readPosServerToCall(db, secretBox, posServerId);
  if (!called.ok) return await keepWaiting(called.failure, AGAIN_AFTER_MS);
  if (called.isParked || (await hasOpenRequest(db, "pos_server.id", posServerId)))
    return await keepWaiting({ code: "busy", detail: "" }, AGAIN_AFTER_MS);
  if (!(await isWanted(db, addressee.rolloutId))) return;
  const outcome = await client.postAgentUpdate(called.posServer, content, signal);
  if (outcome.ok) return await keepState(db, addressee, "sent", clock());
  const failure = updateFailureOf(outcome.failure);
  if (isFinal(failure)) return await keepFailure(failure);
  return await keepWaiting(failure, outcome.failure.retryAfterMs ?? AGAIN_AFTER_MS);

  async function keepWaiting({ code, detail }: UpdateFailure, forMs: number): Promise<void> {
    await db
      .updateTable("agent_update")
      .set({ again_at: clock() + forMs, failure_code: code, failure_detail: detail || null })
      .where("rollout_id", "=", addressee.rolloutId)
      .where("pos_server_id", "=", posServerId)
      .where("state", "=", "waiting")
      .execute();
  }

  async function keepFailure(failure: UpdateFailure): Promise<void> {
    await inTransaction(db, async (trx) => {
      const posServer = await trx
        .selectFrom("pos_server")
        .select(["id as posServerId", "name", "organization_id as organizationId"])
        .where("id", "=", posServerId)
        .executeTakeFirst();
      if (!posServer) return;
      await keepState(trx, addressee, failure, clock());
      await recordEvent(trx, PROGRAM, failureEvent(posServer, failure), clock());
    });
  }
}

/** Somebody may have stopped it meanwhile. */
async function isWanted(db: Db, rolloutId: number): Promise<boolean> {
  const rollout = await findRollout(db);
  return rollout?.id === rolloutId && rollout.stoppedAt === null;
}
