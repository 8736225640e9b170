import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Updateable } from "kysely";
import type { Db } from "../../database/schema.ts";
import type { DeliveryTable } from "../../database/tables/notification-tables.ts";
import { inTransaction } from "../../database/transaction.ts";
import { readPagesAddress } from "../../installation/addresses.ts";
import { isHeldBack } from "../../installation/restored-copy.ts";
import { failed, type OutgoingFailure } from "../../outgoing/failure.ts";
import { attempt, createRunner } from "../../requests/runner.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import type { SendOutcome } from "../channels/kind.ts";
import type { OutgoingMessage } from "../channels/message.ts";
import { KINDS, openChannel } from "../sending/open-channel.ts";
import { noteDelivered, noteFailure, pauseAfter } from "./channel-standing.ts";
import { type Composed, compose, composePlain, composeTest, type Receiver, type Unsent } from "./compose.ts";
import { type Delivery, dropStale, findDelivery, listDue } from "./list-due.ts";
import { ALERTS } from "./queue-delivery.ts";

/** How many channels send at once. */
const PLACES = 16;
/** How long a message may still take when the program stops, so that it is not sent twice; the program waits for 5 s. */
const STOP_GRACE_MS = 3_000;
const TEST_WITHIN_MS = 35_000;

export type Outbox = ReturnType<typeof createOutbox>;

/** `tick` is called every second. */
export function createOutbox(app: FastifyInstance, log: FastifyBaseLogger) {
  const { database, secretBox, clock, monotonicClock } = app;
  const { db } = database;
  /** Until when channels pause to stay below the limits of the other side; monotonic. */
  const pausedUntil = new Map<number, number>();
  const runner = createRunner({
    db,
    table: "delivery",
    places: PLACES,
    placesEach: PLACES,
    log,
    monotonicClock,
    async listClaimable() {
      // A restored copy may run beside the original.
      if (await isHeldBack(db)) return [];
      const due = await listDue(db, clock());
      const isFree = (channelId: number) => (pausedUntil.get(channelId) ?? 0) <= monotonicClock();
      return due.filter(({ channelId }) => isFree(channelId)).map(({ id }) => ({ id, share: "all" }));
    },
    async work(id, signal) {
      const delivery = await findDelivery(db, id);
      if (delivery) await deliver(delivery, signal);
    },
  });
  return { ...runner, sendTest, dropStale: () => dropStale(db, clock()) };

  async function deliver(delivery: Delivery, stopping: AbortSignal): Promise<void> {
    const { id: deliveryId, channelId } = delivery;
    const to = await open(channelId);
    if (!to) return;
    if ("failure" in to) return await inTransaction(db, (trx) => noteFailure(trx, channelId, to, clock()));
    if (!to.channel.isEnabled) return;
    const fault = "A message could not be put together; it is sent without details";
    const whole = await attempt(log, fault, { deliveryId }, () => compose(db, delivery, to));
    const composed = whole ?? composePlain(delivery, to);
    if (typeof composed === "string") return await recordUnsent(delivery, composed);
    const outcome = await send(to, composed.message, endedLater(stopping));
    pausedUntil.set(channelId, monotonicClock() + (KINDS[to.channel.kind].paceMs ?? 0));
    await recordOutcome(delivery, composed, outcome);
  }

  /** @returns a failure when the channel cannot be read; null when there is none. */
  async function open(channelId: number): Promise<Receiver | OutgoingFailure | null> {
    const channel = await attempt(log, "A channel could not be opened", { channelId }, () =>
      openChannel(db, secretBox, channelId),
    );
    if (channel === undefined) return failed("credentials", "its settings or secrets cannot be read");
    if (channel === null) return null;
    const { t, format } = presentationFor(channel.language, channel.timeZone);
    return { channel, t, format, address: await readPagesAddress(db), now: clock() };
  }

  /** A fault of Poswatch counts as refused: others pass, and people are notified. */
  async function send({ channel }: Receiver, message: OutgoingMessage, signal: AbortSignal) {
    const { id: channelId, kind, settings, secrets } = channel;
    const outcome = await attempt(log, "A message could not be handed over", { channelId }, () =>
      KINDS[kind].createSend(settings, secrets)(message, signal),
    );
    return outcome ?? failed("recipient", "a fault of Poswatch, see its log");
  }

  /** An alert that was not sent does not count as notified, so that it can be sent later. */
  async function recordUnsent({ id, messageId, kind, said }: Delivery, outcome: Unsent) {
    if (outcome === "given_up") log.info({ deliveryId: id, messageId, kind }, "A message was given up");
    await inTransaction(db, async (trx) => {
      await updateDelivery(trx, id, { outcome, finishedAt: clock() });
      if (outcome !== "superseded" || !ALERTS.includes(kind) || said === "failing") return;
      await trx.updateTable("message").set({ says: "over" }).where("id", "=", messageId).execute();
    });
  }

  /** The channel waits, or only the message if others were sent since its last try. Refused twice, it is given up. */
  async function recordOutcome(delivery: Delivery, composed: Composed, outcome: SendOutcome) {
    const { message, says, digest } = composed;
    const { id, channelId, messageId, dueAt, triedAt, deliveredAt } = delivery;
    const now = clock();
    const tried = { attempts: delivery.attempts + 1, triedAt: now };
    const about = { deliveryId: id, channelId, incidentId: delivery.incidentId, kind: delivery.kind };
    if (outcome.ok) log.info(about, "A message was sent");
    else log.info({ ...about, failure: outcome.failure }, "A message was refused");
    await inTransaction(db, async (trx) => {
      if (outcome.ok) {
        const sent = { ...tried, outcome: "sent", finishedAt: now } as const;
        await updateDelivery(trx, id, { ...sent, failureCode: null, failureDetail: null });
        const reference = outcome.reference ?? message.reference;
        const said = { said: says, saidDigest: digest, saidAt: now, reference };
        if (says !== null) await trx.updateTable("message").set(said).where("id", "=", messageId).execute();
        return await noteDelivered(trx, channelId, now);
      }
      const { failure, detail, retryAfterMs } = outcome;
      // A time in the future was written before the clock was turned back.
      const lastSentAt = deliveredAt !== null && deliveredAt <= now ? deliveredAt : 0;
      const mayBeOfMessage = failure === "recipient" || failure === "temporary";
      const isOfMessage = mayBeOfMessage && triedAt !== null && lastSentAt > triedAt;
      const isGivenUp = isOfMessage && failure === "recipient" && dueAt > triedAt;
      await updateDelivery(trx, id, {
        ...tried,
        failureCode: failure,
        failureDetail: detail,
        ...(isOfMessage && { dueAt: now + pauseAfter(tried.attempts, retryAfterMs) }),
        ...(isGivenUp && { outcome: "refused", finishedAt: now }),
      });
      if (!isOfMessage) await noteFailure(trx, channelId, outcome, now);
    });
  }

  /** Waits for the outcome; null = there is no such channel. */
  async function sendTest(channelId: number): Promise<SendOutcome | null> {
    const to = await open(channelId);
    if (!to) return null;
    const signal = AbortSignal.timeout(TEST_WITHIN_MS);
    const outcome = "failure" in to ? to : await send(to, composeTest(to), signal);
    await inTransaction(db, async (trx) => {
      if (outcome.ok) await noteDelivered(trx, channelId, clock());
      else await noteFailure(trx, channelId, outcome, clock(), true);
    });
    return outcome;
  }
}

async function updateDelivery(trx: Db, id: number, changes: Updateable<DeliveryTable>): Promise<void> {
  await trx.updateTable("delivery").set(changes).where("id", "=", id).execute();
}

function endedLater(stopping: AbortSignal): AbortSignal {
  const ending = new AbortController();
  const end = () => setTimeout(() => ending.abort(stopping.reason), STOP_GRACE_MS).unref();
  stopping.addEventListener("abort", end, { once: true });
  return ending.signal;
}
