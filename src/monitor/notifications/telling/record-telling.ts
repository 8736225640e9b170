import type { Db } from "../../database/schema.ts";
import { type ChannelKind, takesChanges } from "../channels/channel.ts";
import { queueDelivery } from "../outbox/queue-delivery.ts";
import type { ActiveRule } from "../rules/list-rules.ts";
import type { Telling, Told } from "../rules/next-telling.ts";
import type { KnownIncident } from "../rules/see-incidents.ts";

/** What a channel was told of an incident, or will be. */
export interface Message extends Told {
  id: number;
  incidentId: number;
  channelId: number;
  channelKind: ChannelKind;
  /** Whose channel it is; null = of all. */
  ownerId: number | null;
  /** null = it is gone. */
  ruleId: number | null;
}

/** What was decided of an incident by a rule. */
export interface DecidedTelling {
  incident: KnownIncident;
  rule: ActiveRule;
  /** null = the channel was told nothing of it. */
  message: Message | null;
  telling: Telling;
}

/** Lists the messages about incidents. */
export async function listMessages(db: Db, incidentIds: readonly number[]): Promise<Message[]> {
  return await db
    .selectFrom("message")
    .innerJoin("channel", "channel.id", "message.channel_id")
    .select(["message.id", "incident_id as incidentId", "channel_id as channelId", "rule_id as ruleId"])
    .select(["channel.kind as channelKind", "channel.user_id as ownerId"])
    .select(["says", "told_at as toldAt", "alerted_at as alertedAt", "escalated_at as escalatedAt"])
    .where("incident_id", "in", incidentIds)
    .orderBy("message.id")
    .execute();
}

/** Writes down what is told at `now` (ms UTC), and puts it into the outbox. */
export async function recordTelling(
  trx: Db,
  { incident, rule, message, telling }: DecidedTelling,
  now: number,
): Promise<void> {
  const { tell, escalates } = telling;
  if (tell === "opened" || tell === "reopened") {
    const id = await beginMessage(trx, incident, rule.channelId, rule.id, now);
    await queueDelivery(trx, { channelId: rule.channelId, messageId: id, kind: tell }, now);
  }
  if (message === null) return;
  const { id, channelId, channelKind } = message;
  if (tell !== null && message.ruleId !== rule.id && channelId === rule.channelId)
    await trx.updateTable("message").set({ rule_id: rule.id }).where("id", "=", id).execute();
  if (tell === "closed") await closeMessage(trx, message, now);
  if (tell === "changed" && takesChanges(channelKind))
    await queueDelivery(trx, { channelId, messageId: id, kind: "changed" }, now);
  if (tell === "repeated") {
    await trx.updateTable("message").set({ alerted_at: now }).where("id", "=", id).execute();
    await queueDelivery(trx, { channelId, messageId: id, kind: "repeated" }, now);
  }
  if (escalates) await escalate(trx, incident, rule, id, now);
}

/** Puts into the outbox that what a message says is over. */
export async function closeMessage(
  trx: Db,
  { id, channelId }: Pick<Message, "id" | "channelId">,
  now: number,
): Promise<void> {
  await trx.updateTable("message").set({ says: "over" }).where("id", "=", id).execute();
  await queueDelivery(trx, { channelId, messageId: id, kind: "closed" }, now);
}

/** A channel has one message of an incident, which begins anew when it comes back. @returns its id. */
async function beginMessage(
  trx: Db,
  { id: incident_id }: KnownIncident,
  channel_id: number,
  rule_id: number,
  now: number,
): Promise<number> {
  const begun = { rule_id, says: "failing" as const, told_at: now, alerted_at: now, escalated_at: null };
  const { id } = await trx
    .insertInto("message")
    .values({ incident_id, channel_id, ...begun })
    .onConflict((conflict) => conflict.columns(["incident_id", "channel_id"]).doUpdateSet(begun))
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

async function escalate(
  trx: Db,
  incident: KnownIncident,
  { id: ruleId, escalation }: ActiveRule,
  messageId: number,
  now: number,
): Promise<void> {
  // One that is switched off is told as soon as it is on again.
  if (escalation === null || !(await isEnabled(trx, escalation.channelId))) return;
  await trx.updateTable("message").set({ escalated_at: now }).where("id", "=", messageId).execute();
  const { channelId } = escalation;
  const id = await findMessage(trx, incident.id, channelId);
  const escalated = id ?? (await beginMessage(trx, incident, channelId, ruleId, now));
  await queueDelivery(trx, { channelId, messageId: escalated, kind: "escalated" }, now);
}

async function isEnabled(trx: Db, channelId: number): Promise<boolean> {
  const channel = await trx
    .selectFrom("channel")
    .select("id")
    .where("id", "=", channelId)
    .where("is_enabled", "=", 1)
    .executeTakeFirst();
  return channel !== undefined;
}

/** @returns the id of a message that says that it fails; null = there is none. */
async function findMessage(trx: Db, incidentId: number, channelId: number): Promise<number | null> {
  const message = await trx
    .selectFrom("message")
    .select("id")
    .where("incident_id", "=", incidentId)
    .where("channel_id", "=", channelId)
    .where("says", "=", "failing")
    .executeTakeFirst();
  return message?.id ?? null;
}
