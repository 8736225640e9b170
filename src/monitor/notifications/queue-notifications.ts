import type { FastifyBaseLogger } from "fastify";
import { sql } from "kysely";
import { HOUR_MS } from "../../protocol/time-units.ts";
import type { Db } from "../database/schema.ts";
import { inBatches, inTransaction } from "../database/transaction.ts";
import { attempt } from "../requests/runner.ts";
import { takesChanges } from "./channels/kind.ts";
import { queueDelivery } from "./outbox/queue-delivery.ts";
import { type NextNotification, nextNotification } from "./rules/next-notification.ts";
import { type ActiveRule, listActiveRules, quietUntil } from "./rules/rule.ts";
import { findWithdrawal, type KnownIncident, readIncidents, seeIncident } from "./rules/see-incidents.ts";

const BATCH_INCIDENTS = 50;
/** Later times are checked in between, in case the clock is turned back. */
const MOST_AHEAD_MS = HOUR_MS;
/** More single incidents within `WITHIN_MS` become one message. */
const MOST_MESSAGES = 10;
const WITHIN_MS = 10 * 60_000;
/** Ends, returns and reminders of an incident wait while a mailbox got so many messages of it within the last hour. */
const MOST_MAILS = 2;
const MAY_WAIT: readonly NextNotification["notify"][] = ["closed", "reopened", "repeated"];
/** A return that lasts so long is no flapping, and waits no longer. */
const LASTS_MS = 10 * 60_000;
/** Who fails alone may be the first of many: a single incident is not told of sooner. */
const SETTLES_MS = 60_000;

/** The rules at `now` (ms UTC), for all decisions of one transaction. */
interface Round {
  trx: Db;
  log: FastifyBaseLogger;
  rules: readonly ActiveRule[];
  now: number;
  /** Channels that may get no further message now. */
  full: Set<number>;
}

/** @param note is called with each incident that may have changed. */
export async function queueNotifications(
  db: Db,
  log: FastifyBaseLogger,
  now: number,
  note: (incident: KnownIncident) => void = () => {},
): Promise<void> {
  await inBatches(BATCH_INCIDENTS, async (limit) => {
    const incidents = await inTransaction(db, (trx) => queueSome(trx, log, limit, now));
    incidents.forEach(note);
    return incidents.length;
  });
}

async function queueSome(
  trx: Db,
  log: FastifyBaseLogger,
  limit: number,
  now: number,
): Promise<KnownIncident[]> {
  const ids = await takeDue(trx, limit, now);
  if (ids.length === 0) return [];
  const round = { trx, log, rules: await listActiveRules(trx), now, full: new Set<number>() };
  const messages = Map.groupBy(await listMessages(trx, ids), ({ incidentId }) => incidentId);
  const incidents = await readIncidents(trx, ids, now);
  for (const incident of incidents) {
    const again = await queueOne(round, incident, messages.get(incident.id) ?? []);
    if (again === null) continue;
    const change = { incidentId: incident.id, dueAt: Math.min(again, now + MOST_AHEAD_MS) };
    const insert = trx.insertInto("incidentChange").values(change);
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
  }
  return incidents;
}

async function takeDue(trx: Db, limit: number, now: number): Promise<number[]> {
  const rows = await trx
    .selectFrom("incidentChange")
    .select("incidentId as id")
    .where(({ or, eb }) => or([eb("dueAt", "<=", now), eb("dueAt", ">", now + MOST_AHEAD_MS)]))
    .orderBy("dueAt")
    .orderBy("incidentId")
    .limit(limit)
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await trx.deleteFrom("incidentChange").where("incidentId", "in", ids).execute();
  return ids;
}

/** @returns when to decide again; null = when the incident changes. */
async function queueOne(round: Round, incident: KnownIncident, messages: readonly Message[]) {
  const again: number[] = [];
  const notified = new Set<number>();
  for (const { rule, message } of pairsOf(round.rules, messages)) {
    const { channelId } = message ?? rule;
    // Most incidents end before anybody is notified.
    if (notified.has(channelId) || (message === null && incident.closedAt !== null)) continue;
    if (message === null && incident.kind === "single" && round.full.has(channelId)) {
      again.push(roomAt(round));
      continue;
    }
    const notification = await decide(round, incident, rule, message);
    if (!notification) continue;
    const { notify, lookAgainAt } = notification;
    const needsRoom = notify === "opened" && incident.kind === "single";
    const hasRoom = !needsRoom || (await findRoom(round, channelId));
    const waitsUntil =
      message && MAY_WAIT.includes(notify) && (await findWait(round, incident, rule, message, notify));
    for (const at of [waitsUntil, hasRoom ? lookAgainAt : roomAt(round)]) if (at) again.push(at);
    // After its end another rule may only notify of the return.
    const isForeign = message?.says === "over" && message.ruleId !== rule.id && notify !== "reopened";
    if (!hasRoom || isForeign) continue;
    if (message?.says === "failing" || notify === "opened" || notify === "reopened") notified.add(channelId);
    // Its escalation does not wait.
    const recorded: NextNotification = waitsUntil ? { ...notification, notify: "changed" } : notification;
    await recordNotification(round, incident, rule, message, recorded);
  }
  for (const message of messages)
    if (message.says === "failing" && !notified.has(message.channelId))
      await withdraw(round, incident, message);
  return again.length === 0 ? null : Math.min(...again);
}

/** @returns until when a mail has to wait, ms UTC; null = it does not. */
async function findWait(
  { trx, now }: Round,
  { failingSince }: KnownIncident,
  { afterMs }: ActiveRule,
  { id, channelKind }: Message,
  notify: NextNotification["notify"],
): Promise<number | null> {
  if (takesChanges(channelKind)) return null;
  const mails = await trx
    .selectFrom("delivery")
    .select("queuedAt")
    .where("messageId", "=", id)
    .where(({ or, eb }) => or([eb("outcome", "is", null), eb("outcome", "=", "sent")]))
    .where(sql<boolean>`queued_at between ${now - HOUR_MS + 1} and ${now}`)
    .orderBy("queuedAt", "desc")
    .limit(MOST_MAILS)
    .execute();
  const last = mails[MOST_MAILS - 1];
  if (!last) return null;
  const lastsAt =
    notify === "reopened" ? failingSince + Math.max(afterMs, LASTS_MS) : Number.POSITIVE_INFINITY;
  const until = Math.min(last.queuedAt + HOUR_MS, lastsAt);
  return until > now ? until : null;
}

/** Pairs rules with the message in their channel: first the rule that led to a message, then all others. */
function pairsOf(rules: readonly ActiveRule[], messages: readonly Message[]) {
  const own = messages.flatMap((message) =>
    rules.filter(({ id }) => id === message.ruleId).map((rule) => ({ rule, message })),
  );
  const known = (rule: ActiveRule) => messages.find(({ channelId }) => channelId === rule.channelId) ?? null;
  const others = rules.map((rule) => ({ rule, message: known(rule) }));
  return [...own, ...others.filter(({ rule, message }) => message?.ruleId !== rule.id)];
}

/** For a message that no rule of its channel is about any more; a channel that is off gets this once it is on again. */
async function withdraw({ trx, rules, now }: Round, incident: KnownIncident, message: Message) {
  const { id: messageId, channelId, ownerId, ruleId } = message;
  const rule = rules.find(({ id }) => id === ruleId);
  if (!rule && ruleId !== null) return;
  if ((await findWithdrawal(trx, ownerId, rule, incident.id)) === null) return;
  await trx.updateTable("message").set({ says: "over" }).where("id", "=", messageId).execute();
  await queueDelivery(trx, { channelId, messageId, kind: "closed" }, now);
}

/** @returns null when the rule is about none of its POS servers. After a fault a rule decides again in an hour. */
async function decide(round: Round, incident: KnownIncident, rule: ActiveRule, message: Message | null) {
  const { trx, log, now } = round;
  const of = { incidentId: incident.id, ruleId: rule.id };
  const notification = await attempt(log, "A rule could not decide whom to notify", of, async () => {
    const seen = await seeIncident(trx, rule, incident);
    if (seen === null) return null;
    const moment = { now, quietUntil: quietUntil(rule.quietHours, rule.channel.timeZone, now) };
    const isEscalated = message !== null && message.channelId !== rule.channelId;
    // The channel that it was escalated to gets the end only; a return is escalated anew.
    const terms = isEscalated ? { ...rule, states: [], repeatMs: null, escalation: null } : rule;
    return nextNotification(terms, seen, message, moment);
  });
  const later: NextNotification = { notify: null, escalates: false, lookAgainAt: now + MOST_AHEAD_MS };
  return notification === undefined ? later : notification;
}

/** When a channel that is full may get a further message. */
function roomAt({ now }: Round): number {
  return now + WITHIN_MS / MOST_MESSAGES;
}

/** Whether a channel may get one more message now; if not, a summary is queued. */
async function findRoom({ trx, now, full }: Round, channelId: number): Promise<boolean> {
  const isRecent = (column: "notifiedAt" | "queuedAt") =>
    sql<boolean>`${sql.ref(column)} between ${now - WITHIN_MS + 1} and ${now}`;
  const notified = await trx
    .selectFrom("message")
    .select("id")
    .where("channelId", "=", channelId)
    .where(isRecent("notifiedAt"))
    .limit(MOST_MESSAGES)
    .execute();
  if (notified.length < MOST_MESSAGES) return true;
  const summary = await trx
    .selectFrom("delivery")
    .select("id")
    .where("channelId", "=", channelId)
    .where("kind", "=", "summary")
    .where(isRecent("queuedAt"))
    .executeTakeFirst();
  if (!summary) await queueDelivery(trx, { channelId, kind: "summary" }, now);
  full.add(channelId);
  return false;
}

/** A message is edited twice a minute at most. */
const CHANGES_EVERY_MS = 30_000;

/** The message of an incident in a channel, sent or waiting. `ownerId`: null = shared; `ruleId`: null = deleted. */
type Message = Awaited<ReturnType<typeof listMessages>>[number];

async function listMessages(db: Db, incidentIds: readonly number[]) {
  return await db
    .selectFrom("message")
    .innerJoin("channel", "channel.id", "message.channelId")
    .select(["message.id", "incidentId", "channelId", "ruleId"])
    .select(["channel.kind as channelKind", "channel.userId as ownerId"])
    .select(["says", "notifiedAt", "alertedAt", "escalatedAt", "saidAt"])
    .where("incidentId", "in", incidentIds)
    .orderBy("message.id")
    .execute();
}

/** Saves a rule's decision about an incident, and puts it into the outbox. @param message null = none was sent yet. */
async function recordNotification(
  { trx, now }: Round,
  { id: incidentId, kind: incidentKind }: KnownIncident,
  rule: ActiveRule,
  message: Message | null,
  { notify: kind, escalates }: NextNotification,
) {
  if (kind === null) return;
  if (message === null || kind === "reopened") {
    const { channelId } = rule;
    const messageId = await beginMessage(trx, incidentId, channelId, rule, now);
    const mayBeFirst = kind === "opened" && incidentKind === "single";
    const settlesMs = mayBeFirst ? Math.max(SETTLES_MS - rule.afterMs, 0) : 0;
    return await queueDelivery(trx, { channelId, messageId, kind, dueAt: now + settlesMs }, now);
  }
  const { id, channelId, channelKind, saidAt } = message;
  const changes = {
    ruleId: rule.id,
    ...(kind === "closed" && { says: "over" as const }),
    ...(kind === "repeated" && { alertedAt: now }),
  };
  await trx.updateTable("message").set(changes).where("id", "=", id).execute();
  const waits = kind === "changed" && saidAt !== null && saidAt <= now;
  const dueAt = waits ? saidAt + CHANGES_EVERY_MS : now;
  if (kind !== "changed" || takesChanges(channelKind))
    await queueDelivery(trx, { channelId, messageId: id, kind, dueAt }, now);
  if (escalates) await escalate(trx, incidentId, rule, id, now);
}

/** A channel has one message of an incident; when the incident comes back, it is written anew. @returns its id. */
async function beginMessage(trx: Db, incidentId: number, channelId: number, rule: ActiveRule, now: number) {
  const notified = { says: "failing", notifiedAt: now, alertedAt: now, escalatedAt: null } as const;
  const begun = { ruleId: rule.id, ...notified };
  const { id } = await trx
    .insertInto("message")
    .values({ incidentId, channelId, ...begun })
    .onConflict((conflict) => conflict.columns(["incidentId", "channelId"]).doUpdateSet(begun))
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

async function escalate(trx: Db, incidentId: number, rule: ActiveRule, messageId: number, now: number) {
  const channelId = rule.escalation?.channelId ?? 0;
  const channel = await trx
    .selectFrom("channel")
    .leftJoin("message", (join) =>
      join
        .onRef("message.channelId", "=", "channel.id")
        .on("message.incidentId", "=", incidentId)
        .on("message.says", "=", "failing"),
    )
    .select("message.id as messageId")
    .where("channel.id", "=", channelId)
    .where("isEnabled", "=", 1)
    .executeTakeFirst();
  // A channel that is switched off gets it as soon as it is on again.
  if (!channel) return;
  await trx.updateTable("message").set({ escalatedAt: now }).where("id", "=", messageId).execute();
  const escalated = channel.messageId ?? (await beginMessage(trx, incidentId, channelId, rule, now));
  await queueDelivery(trx, { channelId, messageId: escalated, kind: "escalated" }, now);
}
