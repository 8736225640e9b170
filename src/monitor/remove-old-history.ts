import type { Kysely } from "kysely";
import { removeOldEvents } from "./audit-log/remove-old-events.ts";
import type { Database } from "./database/schema.ts";
import { removeOldIncidents } from "./fleet/incidents/remove-old-incidents.ts";
import { removeOldChanges } from "./fleet/remove-old-changes.ts";
import { removeOldTakings } from "./fleet/remove-old-takings.ts";
import { readSettings } from "./fleet/settings.ts";
import { removeOldDeliveries } from "./notifications/outbox/remove-old-deliveries.ts";

const DAY_MS = 86_400_000;

/** Removes what is older than the settings keep, a little at a time. @returns how much, for the program's log. */
export async function removeOldHistory(
  db: Kysely<Database>,
  now: number,
): Promise<{ events: number; changes: number; takings: number; incidents: number; deliveries: number }> {
  const { auditRetentionDays, transitionRetentionDays } = await readSettings(db);
  return {
    events: await removeOldEvents(db, now - auditRetentionDays * DAY_MS),
    changes: await removeOldChanges(db, now - transitionRetentionDays * DAY_MS),
    takings: await removeOldTakings(db, now - transitionRetentionDays * DAY_MS),
    incidents: await removeOldIncidents(db, now - transitionRetentionDays * DAY_MS),
    deliveries: await removeOldDeliveries(db, now),
  };
}
