import { writeDetail } from "../audit-log/detail.ts";
import { type Actor, type NewAuditEvent, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";

const ONE_EVENT_MS = 60 * 60_000;

/** Paging through a log, or resuming a download, is one event of its user within an hour. */
export async function recordOnceAnHour(
  trx: Db,
  actor: Actor,
  event: NewAuditEvent & Required<Pick<NewAuditEvent, "detail" | "posServerId">>,
  now: number,
): Promise<void> {
  const known = await trx
    .selectFrom("auditEvent")
    .select("id")
    .where("userId", "is", actor.userId)
    .where("userLogin", "=", actor.login)
    .where("action", "=", event.action)
    .where("posServerId", "=", event.posServerId)
    .where("detail", "=", writeDetail(event.detail ?? []))
    .where("at", ">", now - ONE_EVENT_MS)
    .executeTakeFirst();
  if (!known) await recordEvent(trx, actor, event, now);
}
