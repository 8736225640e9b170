import type { Db } from "../../database/schema.ts";
import { takesChanges } from "../channels/channel.ts";
import { queueDelivery } from "../outbox/queue-delivery.ts";
import type { ActiveRule } from "../rules/list-rules.ts";
import type { Telling } from "../rules/next-telling.ts";

/** What changes is told twice a minute at most. */
const CHANGES_EVERY_MS = 30_000;

/** What a channel was told of an incident, or will be; `ownerId`: whose channel it is, null = of all; `ruleId`: null = it is gone. */
export type Message = Awaited<ReturnType<typeof listMessages>>[number];

/** Lists the messages about incidents. */
export async function listMessages(db: Db, incidentIds: readonly number[]) {
  return await db
    .selectFrom("message")
    .innerJoin("channel", "channel.id", "message.channel_id")
    .select(["message.id", "incident_id as incidentId", "channel_id as channelId", "rule_id as ruleId"])
    .select(["channel.kind as channelKind", "channel.user_id as ownerId"])
    .select(["says", "told_at as toldAt", "alerted_at as alertedAt", "escalated_at as escalatedAt"])
    .select("said_at as saidAt")
    .where("incident_id", "in", incidentIds)
    .orderBy("message.id")
    .execute();
}

/** Writes down what a rule has told of an incident at `now` (ms UTC), and puts it into the outbox. @param message null = nothing was told yet. */
export async function recordTelling(
  trx: Db,
  incidentId: number,
  { rule, message, telling }: { rule: ActiveRule; message: Message | null; telling: Telling },
  now: number,
): Promise<void> {
  const { tell: kind, escalates } = telling;
  if (kind === null) return;
  if (message === null || kind === "reopened") {
    const { channelId } = rule;
    const messageId = await beginMessage(trx, incidentId, channelId, rule, now);
    return await queueDelivery(trx, { channelId, messageId, kind }, now);
  }
  const { id, channelId, channelKind, saidAt } = message;
  const changes =
    kind === "closed" ? ({ says: "over" } as const) : kind === "repeated" && { alerted_at: now };
  await trx
    .updateTable("message")
    .set({ rule_id: rule.id, ...changes })
    .where("id", "=", id)
    .execute();
  const waits = kind === "changed" && saidAt !== null && saidAt <= now;
  const dueAt = waits ? saidAt + CHANGES_EVERY_MS : now;
  if (kind !== "changed" || takesChanges(channelKind))
    await queueDelivery(trx, { channelId, messageId: id, kind, dueAt }, now);
  if (escalates) await escalate(trx, incidentId, rule, id, now);
}

/** A channel has one message of an incident, which begins anew when it comes back. @returns its id. */
async function beginMessage(trx: Db, incident_id: number, channel_id: number, rule: ActiveRule, now: number) {
  const told = { says: "failing", told_at: now, alerted_at: now, escalated_at: null } as const;
  const begun = { rule_id: rule.id, ...told };
  const { id } = await trx
    .insertInto("message")
    .values({ incident_id, channel_id, ...begun })
    .onConflict((conflict) => conflict.columns(["incident_id", "channel_id"]).doUpdateSet(begun))
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
        .onRef("message.channel_id", "=", "channel.id")
        .on("message.incident_id", "=", incidentId)
        .on("message.says", "=", "failing"),
    )
    .select("message.id as messageId")
    .where("channel.id", "=", channelId)
    .where("is_enabled", "=", 1)
    .executeTakeFirst();
  // One that is switched off is told as soon as it is on again.
  if (!channel) return;
  await trx.updateTable("message").set({ escalated_at: now }).where("id", "=", messageId).execute();
  const escalated = channel.messageId ?? (await beginMessage(trx, incidentId, channelId, rule, now));
  await queueDelivery(trx, { channelId, messageId: escalated, kind: "escalated" }, now);
}
