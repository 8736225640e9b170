import { randomUUID } from "node:crypto";
import SQLite from "better-sqlite3";
import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { readRestoredAt } from "../../fleet/restored-copy.ts";
import { failed } from "../../outgoing/failure.ts";
import { createRunner, type Runner } from "../../requests/runner.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { Send, SendOutcome } from "../channels/channel.ts";
import type { IsPushService } from "../channels/push/send-push.ts";
import { KINDS } from "../sending/kinds.ts";
import { type OpenedChannel, openChannel } from "../sending/open-channel.ts";
import { noteChannelFailure, noteDelivered } from "./channel-standing.ts";
import { compose } from "./compose.ts";
import { type Composed, composePlain, composeTest } from "./compose-other.ts";
import { type Delivery, findDelivery } from "./find-delivery.ts";
import { dropStale, listDue } from "./list-due.ts";
import { createPace } from "./pace.ts";
import { recordDelivery, recordOutcome } from "./record-delivery.ts";

/** So many channels send at once. */
const PLACES = 16;
/** What is being sent when the program stops may still get through, so that it is not sent twice; the program itself waits for 5 s. */
const STOP_GRACE_MS = 3_000;
const TEST_WITHIN_MS = 35_000;

export interface OutboxOptions {
  db: Db;
  secretBox: SecretBox;
  log: FastifyBaseLogger;
  /** ms UTC. */
  clock: () => number;
  monotonicClock: () => number;
  /** By whom browsers may be told. */
  isPushService: IsPushService;
}

/** Sends what waits. Whoever calls `tick` about once a second is its clock. */
export interface Outbox extends Pick<Runner, "tick" | "wake" | "idle" | "stop"> {
  /** Sends a message to look at, and waits for what the other side says; null = there is no such channel. */
  sendTest(channelId: number): Promise<SendOutcome | null>;
  /** Gives up what nobody needs any more. */
  dropStale(): Promise<void>;
}

export function createOutbox({
  db,
  secretBox,
  log,
  clock,
  monotonicClock,
  isPushService,
}: OutboxOptions): Outbox {
  const pace = createPace(monotonicClock);
  const runner = createRunner({
    ...{ db, table: "delivery", places: PLACES, log, monotonicClock },
    async listClaimable() {
      // A restored copy may run beside the monitor that it was copied from.
      if ((await readRestoredAt(db)) !== null) return [];
      const due = await listDue(db, clock());
      return due.filter(({ channelId }) => pace.isFree(channelId)).map(({ id }) => id);
    },
    work: async (id, signal) => {
      const delivery = await findDelivery(db, id);
      if (delivery) await deliver(delivery, signal);
    },
  });
  return {
    ...runner,
    sendTest,
    dropStale: () => dropStale(db, clock()),
  };

  async function deliver(delivery: Delivery, stopping: AbortSignal): Promise<void> {
    const channel = await open(delivery.channelId);
    if (!channel?.isEnabled) return;
    const composed = await composeAnyhow(delivery, channel);
    if ("outcome" in composed) return await recordOutcome(db, delivery.id, composed.outcome, clock());
    const outcome = await sendBy(channel)(composed.message, endedLater(stopping));
    const { kind, target } = channel.connection;
    pace.noteSent(delivery.channelId, KINDS[kind].paceMs?.(target) ?? 0);
    await recordDelivery(db, delivery, composed, outcome, clock());
  }

  /** A fault in what is told of one incident keeps no other message waiting, and nobody from hearing of it. */
  async function composeAnyhow(delivery: Delivery, channel: OpenedChannel): Promise<Composed> {
    try {
      return await compose(db, delivery, channel, clock());
    } catch (error) {
      if (error instanceof SQLite.SqliteError) throw error;
      log.error(
        { err: error, deliveryId: delivery.id },
        "A message could not be put together; it is sent without details",
      );
      return await composePlain(db, delivery, channel, clock());
    }
  }

  function sendBy({ connection }: OpenedChannel): Send {
    return KINDS[connection.kind].createSend(connection, isPushService);
  }

  /** What cannot be read is a failure of the channel, which people are told of like others. */
  async function open(channelId: number): Promise<OpenedChannel | null> {
    try {
      return await openChannel(db, secretBox, channelId);
    } catch (error) {
      log.error({ err: error, channelId }, "A channel could not be opened");
      const detail = "its settings or secrets cannot be read";
      const failure = failed("credentials", detail);
      await inTransaction(db, (trx) => noteChannelFailure(trx, channelId, failure, clock()));
      return null;
    }
  }

  async function sendTest(channelId: number): Promise<SendOutcome | null> {
    const channel = await openChannel(db, secretBox, channelId);
    if (!channel) return null;
    const message = await composeTest(db, channel, randomUUID(), clock());
    const outcome = await sendBy(channel)(message, AbortSignal.timeout(TEST_WITHIN_MS));
    await inTransaction(db, async (trx) => {
      if (outcome.ok) await noteDelivered(trx, channelId, clock());
      else await noteChannelFailure(trx, channelId, outcome, clock(), true);
    });
    return outcome;
  }
}

function endedLater(stopping: AbortSignal): AbortSignal {
  const ending = new AbortController();
  const end = () => {
    const timer = setTimeout(() => ending.abort(stopping.reason), STOP_GRACE_MS);
    timer.unref();
  };
  stopping.addEventListener("abort", end, { once: true });
  return ending.signal;
}
