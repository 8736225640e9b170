import { type Kysely, sql } from "kysely";
import { inBatches } from "./database/in-batches.ts";
import type { Database } from "./database/schema.ts";
import { removeOldIncidents } from "./fleet/incidents/remove-old-incidents.ts";
import { removeOldChanges } from "./fleet/remove-old-changes.ts";
import { readSettings } from "./fleet/settings.ts";

const DAY_MS = 86_400_000;
/** Of what left the outbox. */
const DELIVERIES_KEPT_MS = 30 * DAY_MS;
const BATCH_ROWS = 250;

/** Removes what is older than the settings keep, a little at a time. @returns how much, for the program's log. */
export async function removeOldHistory(
  db: Kysely<Database>,
  now: number,
): Promise<{ events: number; changes: number; takings: number; incidents: number; deliveries: number }> {
  const { auditRetentionDays, transitionRetentionDays } = await readSettings(db);
  const cutOffAt = now - transitionRetentionDays * DAY_MS;
  return {
    // Nothing else ever takes any from the audit log.
    events: await removeOlder(db, "audit_event", "at", now - auditRetentionDays * DAY_MS),
    changes: await removeOldChanges(db, cutOffAt),
    takings: await removeOlder(db, "taking", "ended_at", cutOffAt),
    incidents: await removeOldIncidents(db, cutOffAt),
    deliveries: await removeOlder(db, "delivery", "finished_at", now - DELIVERIES_KEPT_MS),
  };
}

/** @param column an indexed time; what has none yet stays. */
async function removeOlder(
  db: Kysely<Database>,
  table: keyof Database,
  column: string,
  cutOffAt: number,
): Promise<number> {
  const [from, time] = [sql.table(table), sql.ref(column)];
  return await inBatches(BATCH_ROWS, async (limit) => {
    const { numAffectedRows } = await sql`
      delete from ${from} where id in (select id from ${from} where ${time} < ${cutOffAt} limit ${limit})`.execute(
      db,
    );
    return Number(numAffectedRows);
  });
}
