import type { AuditAction } from "../../src/monitor/audit-log/actions.ts";
import { readDetail } from "../../src/monitor/audit-log/detail.ts";
import type { Db } from "../../src/monitor/database/schema.ts";

/** The events of these actions, of all unless told, oldest first, with their details as data. */
export async function recordedEvents(db: Db, ...actions: AuditAction[]) {
  const events = await db
    .selectFrom("auditEvent")
    .selectAll()
    .$if(actions.length > 0, (query) => query.where("action", "in", actions))
    .orderBy("id")
    .execute();
  return events.map(({ detail, repeatKey: _key, lastAt: _lastAt, ...event }) => ({
    ...event,
    detail: detail === null ? null : readDetail(detail),
  }));
}
