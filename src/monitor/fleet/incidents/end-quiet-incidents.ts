import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { endAcknowledgementsOf } from "../../restaurants/end-acknowledgements.ts";
import { queueIncidentChanges } from "../../restaurants/queue-changes.ts";
import { type IncidentEnd, isOver } from "./incident.ts";

const BATCH_INCIDENTS = 500;

/** Closes the incidents in which nobody fails any more and that are over at `now` (ms UTC). */
export async function endQuietIncidents(db: Db, now: number): Promise<void> {
  let after = 0;
  for (;;) {
    const quiet = await inTransaction(db, async (trx) => {
      const listed = await listQuiet(trx, after);
      const fresh = listed.filter(({ quietAt }) => quietAt === null).map(({ id }) => id);
      const quietAt = await noteQuiet(trx, fresh, now);
      const over = listed
        .filter(({ id, reopenings, quietAt: known }) =>
          isOver({ reopenings, quietAt: known ?? quietAt.get(id) ?? now }, now),
        )
        .map(({ id }) => id);
      await close(trx, over, now);
      await queueIncidentChanges(trx, [...fresh, ...over]);
      return listed;
    });
    if (quiet.length < BATCH_INCIDENTS) return;
    after = quiet.at(-1)?.id ?? after;
  }
}

async function listQuiet(trx: Db, after: number) {
  return await trx
    .selectFrom("incident")
    .select(["id", "reopenings", "quietAt"])
    .where("closedAt", "is", null)
    .where("failing", "=", 0)
    .where("paused", "=", 0)
    .where("id", ">", after)
    .orderBy("id")
    .limit(BATCH_INCIDENTS)
    .execute();
}

async function noteQuiet(trx: Db, incidentIds: readonly number[], now: number): Promise<Map<number, number>> {
  if (incidentIds.length === 0) return new Map();
  const lastLeftAt = sql<number>`coalesce(
    (select max(left_at) from incident_member where incident_id = incident.id),
    ${now}
  )`;
  const rows = await trx
    .updateTable("incident")
    .set({ quietAt: lastLeftAt, downMs: sql<number>`down_ms + max(${lastLeftAt} - failing_since, 0)` })
    .where("id", "in", incidentIds)
    .returning(["id", "quietAt"])
    .execute();
  return new Map(rows.map(({ id, quietAt }) => [id, quietAt ?? now]));
}

/** Each ends as its last member left, unless any left as `answered` or `own_cause`, or else as `recovered`. */
async function close(trx: Db, incidentIds: readonly number[], now: number): Promise<void> {
  if (incidentIds.length === 0) return;
  await trx
    .updateTable("incident")
    .set({
      closedAt: sql<number>`quiet_at`,
      endedBy: sql<IncidentEnd>`coalesce(
        (select left_by from incident_member where incident_id = incident.id and left_by is not null
         order by left_by in ('answered', 'own_cause') desc, left_by = 'recovered' desc, left_at desc limit 1),
        'removed'
      )`,
    })
    .where("id", "in", incidentIds)
    .execute();
  await endAcknowledgementsOf(trx, "incident", incidentIds, "incident", now);
}
