import type { FastifyBaseLogger } from "fastify";
import fp from "fastify-plugin";
import { PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import { countRows } from "../database/count-rows.ts";
import { inTransaction } from "../database/transaction.ts";
import { isHeldBack } from "../installation/restored-copy.ts";
import { MAX_RETRY_AFTER_MS } from "../outgoing/failure.ts";
import { PosClientClosedError } from "../pos-client/calls/call-error.ts";
import { hasOpenRequest } from "../requests/claims.ts";
import { type CallDependencies, readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import { advanceRollout, UNDER_WAY } from "./advance.ts";
import { createOfferedUpdates, type OfferedUpdate, type OfferedUpdates } from "./offered-update.ts";
import { findRollout } from "./rollout.ts";
import { failureEvent, keepState, settleUpdates } from "./settle.ts";
import { isFinal, type UpdateFailure, updateFailureOf } from "./update-failure.ts";

declare module "fastify" {
  interface FastifyInstance {
    offeredUpdates: OfferedUpdates;
    agentUpdates: Updater;
  }
}

/** For an agent that could not accept an update and does not say when it can. */
const AGAIN_AFTER_MS = 60_000;
/** Agents at once; an update is half a megabyte. */
const PLACES = 8;
const POLLED_EVERY_MS = 30_000;

export default fp(
  async (app) => {
    const { database, clock, posClient: client, secretBox } = app;
    const offered = createOfferedUpdates(app.config.dataDir);
    const log = app.log.child({ part: "agent updates" });
    const pollSoon = (posServerId: number) => app.poller.pollSoon(posServerId);
    const updater = createUpdater({ db: database.db, client, secretBox, clock, offered, pollSoon, log });
    app.decorate("offeredUpdates", offered);
    app.decorate("agentUpdates", updater);
    app.addHook("preClose", () => updater.stop());
  },
  { name: "agent-updates", dependencies: ["database", "fleet", "pos-client", "polling"] },
);

interface UpdaterOptions extends CallDependencies {
  offered: OfferedUpdates;
  pollSoon: (posServerId: number) => void;
  log: FastifyBaseLogger;
}

type Updater = ReturnType<typeof createUpdater>;

/** Updates agents; the database says which are left. Call `tick` about once a second. */
function createUpdater({ offered, pollSoon, log, ...dependencies }: UpdaterOptions) {
  const { db, clock } = dependencies;
  const stopping = new AbortController();
  const underWay = new Map<number, Promise<void>>();

  return { tick, idle, stop };

  async function tick(): Promise<void> {
    if (stopping.signal.aborted) return;
    const rollout = await findRollout(db);
    if (!rollout) return;
    await settleUpdates(db, rollout, clock());
    if (rollout.stoppedAt !== null || (await isHeldBack(db))) return;
    const update = await offered.find();
    if (typeof update === "string" || update.sha256 !== rollout.sha256) return;
    for (const posServerId of await listUnheard(rollout.id)) pollSoon(posServerId);
    const current = await advanceRollout(db, rollout.id, [...underWay.keys()], clock());
    if (!current) return;
    for (const posServerId of await listDue(current.id)) {
      if (underWay.size >= PLACES) return;
      if (!underWay.has(posServerId)) start({ rolloutId: current.id, posServerId }, update);
    }
  }

  /** POS servers about to report the new version, to be polled soon: the service host waits only briefly. */
  async function listUnheard(rolloutId: number): Promise<number[]> {
    const rows = await db
      .selectFrom("agentUpdate")
      .innerJoin("posStatus", "posStatus.posServerId", "agentUpdate.posServerId")
      .select("agentUpdate.posServerId as id")
      .where("rolloutId", "=", rolloutId)
      .where("agentUpdate.state", "=", "sent")
      .where("standing", "=", "active")
      .where("lastPollAt", "<", clock() - POLLED_EVERY_MS)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Times too far ahead are from before the clock was set back. */
  async function listDue(rolloutId: number): Promise<number[]> {
    const now = clock();
    const updates = db.selectFrom("agentUpdate").where("rolloutId", "=", rolloutId);
    const sent = await countRows(updates.where("state", "=", "sent"));
    const rows = await updates
      .innerJoin("posStatus", "posStatus.posServerId", "agentUpdate.posServerId")
      .select("agentUpdate.posServerId as id")
      .where("agentUpdate.state", "=", "waiting")
      .where("failedPolls", "=", 0)
      .where("standing", "=", "active")
      .where(({ or, eb }) =>
        or([
          eb("againAt", "is", null),
          eb("againAt", "<=", now),
          eb("againAt", ">", now + MAX_RETRY_AFTER_MS),
        ]),
      )
      .orderBy("againAt")
      .limit(Math.max(0, Math.min(2 * PLACES, UNDER_WAY - sent)))
      .execute();
    return rows.map(({ id }) => id);
  }

  function start(addressee: Addressee, update: OfferedUpdate): void {
    const { posServerId } = addressee;
    const sending = sendUpdate(dependencies, addressee, update, stopping.signal)
      .catch((error: unknown) => {
        if (stopping.signal.aborted || error instanceof PosClientClosedError) return;
        log.error({ err: error, posServerId }, "An update of an agent could not be sent");
      })
      .finally(() => underWay.delete(posServerId));
    underWay.set(posServerId, sending);
  }

  async function idle(): Promise<void> {
    await Promise.all(underWay.values());
  }

  async function stop(): Promise<void> {
    stopping.abort(new PosClientClosedError());
    await idle();
  }
}

interface Addressee {
  rolloutId: number;
  posServerId: number;
}

/**
 * Sends an update, unless a request is open at the POS server, and records the outcome.
 * @throws when there is no such POS server; the signal's reason.
 */
async function sendUpdate(
  { db, client, secretBox, clock }: CallDependencies,
  addressee: Addressee,
  { content }: OfferedUpdate,
  signal: AbortSignal,
): Promise<void> {
  const { posServerId } = addressee;
  const called = await readPosServerToCall(db, secretBox, posServerId);
  if (!called.ok) return await keepWaiting(called.failure, AGAIN_AFTER_MS);
  if (called.isParked || (await hasOpenRequest(db, "posServer.id", posServerId)))
    return await keepWaiting({ code: "busy", detail: "" }, AGAIN_AFTER_MS);
  const rollout = await findRollout(db);
  if (rollout?.id !== addressee.rolloutId || rollout.stoppedAt !== null) return; // it may have been stopped meanwhile
  const outcome = await client.postAgentUpdate(called.posServer, content, signal);
  if (outcome.ok) return await keepState(db, addressee, "sent", clock());
  const failure = updateFailureOf(outcome.failure);
  if (isFinal(failure)) return await keepFailure(failure);
  return await keepWaiting(failure, outcome.failure.retryAfterMs ?? AGAIN_AFTER_MS);

  async function keepWaiting({ code, detail }: UpdateFailure, forMs: number): Promise<void> {
    await db
      .updateTable("agentUpdate")
      .set({ againAt: clock() + forMs, failureCode: code, failureDetail: detail || null })
      .where("rolloutId", "=", addressee.rolloutId)
      .where("posServerId", "=", posServerId)
      .where("state", "=", "waiting")
      .execute();
  }

  async function keepFailure(failure: UpdateFailure): Promise<void> {
    await inTransaction(db, async (trx) => {
      const posServer = await trx
        .selectFrom("posServer")
        .select(["id as posServerId", "name", "organizationId"])
        .where("id", "=", posServerId)
        .executeTakeFirst();
      if (!posServer) return;
      await keepState(trx, addressee, failure, clock());
      await recordEvent(trx, PROGRAM, failureEvent(posServer, failure), clock());
    });
  }
}
