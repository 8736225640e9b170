import type { FastifyBaseLogger } from "fastify";
import { readRestoredAt } from "../../fleet/restored-copy.ts";
import { MAX_RETRY_AFTER_MS } from "../../outgoing/retry-after.ts";
import { PosClientClosedError } from "../../pos-client/calls/call-error.ts";
import { advanceRollout, UNDER_WAY } from "../rollouts/advance.ts";
import type { OfferedUpdate, OfferedUpdates } from "../rollouts/offered-update.ts";
import { findRollout } from "../rollouts/rollout.ts";
import { settleUpdates } from "../rollouts/settle.ts";
import { type Addressee, sendUpdate, type UpdatingDependencies } from "./send-update.ts";

/** Agents that are sent an update at once, of half a megabyte each. */
const PLACES = 8;
const POLLED_EVERY_MS = 30_000;

export interface UpdaterOptions extends UpdatingDependencies {
  offered: OfferedUpdates;
  /** Has a POS server polled at once. */
  hurry: (posServerId: number) => void;
  log: FastifyBaseLogger;
}

/** Updates agents; whoever calls `tick` about once a second is its clock. The database says what is left to do. */
export interface Updater {
  /** Notes what reports tell, and begins to send what is to be sent, without waiting for the end. */
  tick(): Promise<void>;
  /** Resolves when nobody is being sent anything. */
  idle(): Promise<void>;
  /** Ends what is under way: the same is sent again by the next process. */
  stop(): Promise<void>;
}

export function createUpdater({ offered, hurry, log, ...dependencies }: UpdaterOptions): Updater {
  const { db, clock } = dependencies;
  const stopping = new AbortController();
  const underWay = new Map<number, Promise<void>>();

  return { tick, idle, stop };

  async function tick(): Promise<void> {
    if (stopping.signal.aborted) return;
    const rollout = await findRollout(db);
    if (!rollout) return;
    await settleUpdates(db, rollout, clock());
    if (rollout.stoppedAt !== null || (await readRestoredAt(db)) !== null) return;
    const update = await offered.find();
    if (typeof update === "string" || update.sha256 !== rollout.sha256) return;
    for (const posServerId of await listUnheard(rollout.id)) hurry(posServerId);
    const current = await advanceRollout(db, rollout.id, [...underWay.keys()], clock());
    if (!current) return;
    for (const posServerId of await listDue(current.id)) {
      if (underWay.size >= PLACES) return;
      if (!underWay.has(posServerId)) start({ rolloutId: current.id, posServerId }, update);
    }
  }

  /** Those whose report of the new version is awaited, however seldom they are polled otherwise: their hosts do not wait for long. */
  async function listUnheard(rolloutId: number): Promise<number[]> {
    const rows = await db
      .selectFrom("agent_update")
      .innerJoin("pos_status", "pos_status.pos_server_id", "agent_update.pos_server_id")
      .select("agent_update.pos_server_id as id")
      .where("rollout_id", "=", rolloutId)
      .where("agent_update.state", "=", "sent")
      .where("standing", "=", "active")
      .where("last_poll_at", "<", clock() - POLLED_EVERY_MS)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Whoever is tried again is due: later times were written before the clock was set back. */
  async function listDue(rolloutId: number): Promise<number[]> {
    const now = clock();
    const { sent } = await db
      .selectFrom("agent_update")
      .select(({ fn }) => fn.countAll<number>().as("sent"))
      .where("rollout_id", "=", rolloutId)
      .where("state", "=", "sent")
      .executeTakeFirstOrThrow();
    const rows = await db
      .selectFrom("agent_update")
      .innerJoin("pos_status", "pos_status.pos_server_id", "agent_update.pos_server_id")
      .select("agent_update.pos_server_id as id")
      .where("rollout_id", "=", rolloutId)
      .where("agent_update.state", "=", "waiting")
      .where("failed_polls", "=", 0)
      .where("standing", "=", "active")
      .where(({ or, eb }) =>
        or([
          eb("again_at", "is", null),
          eb("again_at", "<=", now),
          eb("again_at", ">", now + MAX_RETRY_AFTER_MS),
        ]),
      )
      .orderBy("again_at")
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
