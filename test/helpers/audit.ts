import type { AuditAction } from "../../src/monitor/audit-log/actions.ts";
import { readDetail } from "../../src/monitor/audit-log/detail.ts";
import type { Db } from "../../src/monitor/database/schema.ts";

/** The events of these actions, of all unless told, oldest first, with their details as data. */
export async function recordedEvents(db: Db, ...actions: AuditAction[]) {
  const events = await db
    .selectFrom("audit_event")
    .selectAll()
    .$if(actions.length > 0, (query) => query.where("action", "in", actions))
    .orderBy("id")
    .execute();
  return events.map(({ detail_parts, detail: _text, repeat_key: _key, last_at: _lastAt, ...event }) => ({
    ...event,
    detail: detail_parts === null ? null : readDetail(detail_parts),
  }));
}
