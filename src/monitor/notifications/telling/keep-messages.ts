import { inBatches } from "../../database/in-batches.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { type ActiveRule, listActiveRules } from "../rules/list-rules.ts";
import { nextTelling, type Telling } from "../rules/next-telling.ts";
import { quietUntil } from "../rules/quiet-hours.ts";
import { type KnownIncident, readIncidents, seeIncident } from "../rules/see-incidents.ts";
import { findWithdrawal } from "../rules/withdrawal.ts";
import { isCrowded, summUp } from "./crowded-channels.ts";
import { closeMessage, listMessages, type Message, recordTelling } from "./record-telling.ts";

const BATCH_INCIDENTS = 50;
/** What is due later is looked at in between, so that no clock that was turned back makes it wait for ever. */
const MOST_AHEAD_MS = 3_600_000;

/**
 * Queues what is to be told of the incidents that have changed, or of which something is due at `now` (ms UTC). What is not done when the program
 * ends is still queued when it starts again.
 */
export async function keepMessages(db: Db, now: number): Promise<void> {
  await inBatches(BATCH_INCIDENTS, (limit) => inTransaction(db, (trx) => keepSome(trx, limit, now)));
}

async function keepSome(trx: Db, limit: number, now: number): Promise<number> {
  const ids = await takeDue(trx, limit, now);
  if (ids.length === 0) return 0;
  const rules = await listActiveRules(trx);
  const messages = Map.groupBy(await listMessages(trx, ids), ({ incidentId }) => incidentId);
  for (const incident of await readIncidents(trx, ids, now)) {
    const again = await keepOne(trx, incident, rules, messages.get(incident.id) ?? [], now);
    if (again !== null) await lookAgain(trx, incident.id, Math.min(again, now + MOST_AHEAD_MS));
  }
  return ids.length;
}

async function takeDue(trx: Db, limit: number, now: number): Promise<number[]> {
  const rows = await trx
    .selectFrom("incident_change")
    .select("incident_id as id")
    .where(({ or, eb }) => or([eb("due_at", "<=", now), eb("due_at", ">", now + MOST_AHEAD_MS)]))
    .orderBy("due_at")
    .orderBy("incident_id")
    .limit(limit)
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await trx.deleteFrom("incident_change").where("incident_id", "in", ids).execute();
  return ids;
}

async function lookAgain(trx: Db, incident_id: number, due_at: number): Promise<void> {
  await trx
    .insertInto("incident_change")
    .values({ incident_id, due_at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** @returns when to look at the incident again; null = when it changes. */
async function keepOne(
  trx: Db,
  incident: KnownIncident,
  rules: readonly ActiveRule[],
  messages: readonly Message[],
  now: number,
): Promise<number | null> {
  const again: number[] = [];
  const note = ({ lookAgainAt }: Telling) => {
    if (lookAgainAt !== null) again.push(lookAgainAt);
  };
  const told = new Set<number>();
  for (const message of messages) {
    const rule = rules.find(({ id }) => id === message.ruleId);
    if (!rule) continue;
    const telling = await decide(trx, incident, rule, message, now);
    if (telling === null) continue;
    if (message.says === "failing" || telling.tell === "reopened") told.add(message.channelId);
    note(telling);
    await recordTelling(trx, { incident, rule, message, telling }, now);
  }
  for (const rule of rules) {
    if (told.has(rule.channelId)) continue;
    const message = messages.find(({ channelId }) => channelId === rule.channelId) ?? null;
    if (message?.ruleId === rule.id) continue;
    const telling = await decide(trx, incident, rule, message, now);
    if (telling === null) continue;
    // Only what comes back is another rule's business, too.
    if (message?.says === "over" && telling.tell !== "reopened") {
      note(telling);
      continue;
    }
    if (
      telling.tell === "opened" &&
      incident.kind === "single" &&
      (await isCrowded(trx, rule.channelId, now))
    ) {
      again.push(await summUp(trx, rule.channelId, now));
      continue;
    }
    note(telling);
    if (telling.tell !== null) told.add(rule.channelId);
    await recordTelling(trx, { incident, rule, message, telling }, now);
  }
  for (const message of messages) {
    if (message.says === "over" || told.has(message.channelId)) continue;
    await withdraw(trx, incident, rules, message, now);
  }
  return again.length === 0 ? null : Math.min(...again);
}

/** Ends what a message says of which no rule of its channel is about any more; what a channel says that is off waits until it is on. */
async function withdraw(
  trx: Db,
  { id }: KnownIncident,
  rules: readonly ActiveRule[],
  message: Message,
  now: number,
): Promise<void> {
  const rule = rules.find(({ id }) => id === message.ruleId);
  if (!rule && message.ruleId !== null) return;
  const { ownerId } = message;
  if (await findWithdrawal(trx, { ownerId, rule }, id)) await closeMessage(trx, message, now);
}

/** @returns null when the rule is about none of its POS servers. */
async function decide(
  trx: Db,
  incident: KnownIncident,
  rule: ActiveRule,
  message: Message | null,
  now: number,
): Promise<Telling | null> {
  // Most are over, and were told to nobody.
  if (message === null && incident.closedAt !== null) return null;
  const seen = await seeIncident(trx, rule, incident);
  if (seen === null) return null;
  const moment = { now, quietUntil: quietUntil(rule.quietHours, rule.channel.timeZone, now) };
  const isEscalated = message !== null && message.channelId !== rule.channelId;
  return nextTelling(isEscalated ? withoutReminders(rule) : rule, seen, message, moment);
}

/** A channel to which something was escalated is told how it ends; whatever comes is escalated anew. */
function withoutReminders(rule: ActiveRule): ActiveRule {
  return { ...rule, states: [], repeatMs: null, escalation: null };
}
