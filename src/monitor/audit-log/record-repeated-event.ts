import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Database } from "../database/schema.ts";
import { type Actor, columnsOf, type NewAuditEvent } from "./record-event.ts";

const WINDOW_MS = 15 * 60_000;

/**
 * Records what may be repeated at will: the same of the same login from the same address is one event for each quarter
 * of an hour, which counts.
 */
export async function recordRepeatedEvent(
  db: Kysely<Database>,
  actor: Actor,
  event: NewAuditEvent,
  now: number,
): Promise<void> {
  const columns = columnsOf(actor, event, now);
  const same = { ...columns, at: Math.floor(now / WINDOW_MS) };
  const repeat_key = createHash("sha256").update(JSON.stringify(same)).digest();
  await db
    .insertInto("audit_event")
    .values({ ...columns, repeat_key })
    .onConflict((conflict) =>
      conflict
        .column("repeat_key")
        .where("repeat_key", "is not", null)
        .doUpdateSet({ times: sql<number>`audit_event.times + 1`, last_at: now }),
    )
    .execute();
}
