import { type RawBuilder, type SqlBool, sql } from "kysely";
import { DAY_MS } from "../protocol/time-units.ts";
import type { Database, Db } from "./database/schema.ts";
import { inBatches, inBatchesOfIds } from "./database/transaction.ts";
import { readSettings } from "./installation/settings.ts";

/** Of finished deliveries in the outbox, and of batches. */
const DELIVERIES_KEPT_MS = 30 * DAY_MS;
const BATCH_ROWS = 250;
const BATCH_POS_SERVERS = 100;
const BATCH_INCIDENTS = 25;

/** Removes what is older than the settings allow, in small batches. @returns counts for the log. */
export async function removeOldHistory(db: Db, now: number) {
  const { archiveRetentionDays, auditRetentionDays, transitionRetentionDays } = await readSettings(db);
  const cutOffAt = now - transitionRetentionDays * DAY_MS;
  return {
    // Nothing else ever removes events.
    events: await remove(db, "auditEvent", sql`at < ${now - auditRetentionDays * DAY_MS}`),
    changes: await removeOldChanges(db, cutOffAt),
    acknowledgements: await remove(db, "acknowledgement", sql`ended_at < ${cutOffAt}`),
    incidents: await removeOldIncidents(db, cutOffAt),
    causes: await removeUnusedCauses(db),
    // Lines of logs are kept no longer than logs.
    excerpts: await remove(db, "logExcerpt", sql`noticed_at < ${now - archiveRetentionDays * DAY_MS}`),
    batches: await remove(db, "batch", sql`requested_at < ${now - DELIVERIES_KEPT_MS}`),
    deliveries: await remove(db, "delivery", sql`finished_at < ${now - DELIVERIES_KEPT_MS}`),
  };
}

async function remove(db: Db, table: keyof Database, isOld: RawBuilder<SqlBool>): Promise<number> {
  const from = sql.table(table);
  return await inBatches(BATCH_ROWS, async (limit) => {
    const { numAffectedRows } = await sql`
      delete from ${from} where id in (select id from ${from} where ${isOld} limit ${limit})`.execute(db);
    return Number(numAffectedRows);
  });
}

/** Keeps each POS server's last transition before `cutOffAt` (ms UTC), since the kept history begins in its state. */
async function removeOldChanges(db: Db, cutOffAt: number): Promise<number> {
  const lastId = sql`
    select last.id from state_change last
    where last.pos_server_id = state_change.pos_server_id and last.at < ${cutOffAt}
    order by last.at desc, last.id desc limit 1`;
  return await inBatchesOfIds(db, "posServer", BATCH_POS_SERVERS, (ids) => {
    const isOld = sql<SqlBool>`pos_server_id in (${sql.join(ids)}) and at < ${cutOffAt} and id <> (${lastId})`;
    return remove(db, "stateChange", isOld);
  });
}

/** Causes that no transition and no incident has any more. */
async function removeUnusedCauses(db: Db): Promise<number> {
  return await inBatchesOfIds(db, "cause", BATCH_ROWS, (ids) =>
    remove(
      db,
      "cause",
      sql`id in (${sql.join(ids)}) and not exists (select 1 from state_change where cause_id = cause.id)
        and not exists (select 1 from incident where cause_id = cause.id)`,
    ),
  );
}

/** Those closed before `cutOffAt` (ms UTC). Nobody is notified of fewer members. */
async function removeOldIncidents(db: Db, cutOffAt: number): Promise<number> {
  return await inBatches(BATCH_INCIDENTS, async (limit) => {
    const incidents = await db
      .selectFrom("incident")
      .select("id")
      .where("closedAt", "<", cutOffAt)
      .limit(limit)
      .execute();
    const ids = incidents.map(({ id }) => id);
    // A common incident may have had the whole chain as members.
    await remove(db, "incidentMember", sql`incident_id in (${sql.join(ids)})`);
    await db.deleteFrom("incident").where("id", "in", ids).execute();
    return ids.length;
  });
}
