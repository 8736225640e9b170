import type { Kysely } from "kysely";
import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Database } from "../../database/schema.ts";
import type { SendOutcome } from "../channels/channel.ts";
import type { Channel } from "./channel.ts";

/** Records that somebody had a channel tried, and how that ended. */
export async function recordTest(
  db: Kysely<Database>,
  actor: Actor,
  { name: subject }: Pick<Channel, "name">,
  outcome: SendOutcome,
  now: number,
): Promise<void> {
  const detail: AuditDetail = outcome.ok
    ? [{ key: "channelAnswer", values: { answer: outcome.answer } }]
    : [{ key: "channelFailure", values: { code: outcome.failure, detail: outcome.detail } }];
  const result = outcome.ok ? "done" : "failed";
  await recordEvent(db, actor, { action: "channel_test", result, subject, detail }, now);
}
