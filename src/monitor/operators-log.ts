import type { FastifyInstance } from "fastify";
import { findWrongSettings } from "./installation/settings.ts";

const MOST_EVENTS = 500;

/** Writes what operators want to know into the log, a line each: for jobs of every second and of every minute. */
export function createOperatorsLog(app: FastifyInstance) {
  const { log, poller } = app;
  const { db, sqlite } = app.database;
  const newestId = (table: string) => Number(sqlite.prepare(`select max(id) from ${table}`).pluck().get());
  let [lastEventId, lastBatchId] = [newestId("audit_event"), newestId("batch")];
  const openBatches = new Set<number>();
  let polled = poller.outcomes();
  let wrongSettings = "";

  return { followEvents, followSettings, sumUpPolls };

  /** Sign-ins and refusals, repairs, log requests, batches, changes: all that the audit log records. */
  async function followEvents(): Promise<void> {
    const events = await db
      .selectFrom("auditEvent")
      .select(["id as event", "action", "result", "userId", "address"])
      .select(["organizationId", "posServerId", "batchId"])
      .where("id", ">", lastEventId)
      .orderBy("id")
      .limit(MOST_EVENTS)
      .execute();
    for (const event of events) log.info(withoutNulls(event), "An event was recorded");
    lastEventId = events.at(-1)?.event ?? lastEventId;
    await followBatches();
  }

  async function followBatches(): Promise<void> {
    const batches = db.selectFrom("batch").select("id").orderBy("id");
    const begun = await batches.where("id", ">", lastBatchId).execute();
    const items = db.selectFrom("batchItem").select("batchId as id").distinct();
    const open = await items.where("finishedAt", "is", null).execute();
    for (const { id } of [...begun, ...open]) openBatches.add(id);
    lastBatchId = begun.at(-1)?.id ?? lastBatchId;
    for (const batchId of openBatches) {
      if (open.some(({ id }) => id === batchId)) continue;
      openBatches.delete(batchId);
      log.info({ batchId }, "A batch has ended");
    }
  }

  /** Values that somebody wrote into the database by hand. */
  async function followSettings(): Promise<void> {
    const wrong = (await findWrongSettings(db)).join(", ");
    if (wrong !== wrongSettings && wrong !== "")
      log.warn({ settings: wrong }, "Settings in the database are no such values; their defaults hold");
    wrongSettings = wrong;
  }

  /** By outcome, if any poll since the last call failed. */
  function sumUpPolls(): void {
    const before = polled;
    polled = poller.outcomes();
    const outcomes: Record<string, number> = {};
    for (const [outcome, count] of polled) outcomes[outcome] = count - (before.get(outcome) ?? 0);
    const { ok: _worked, ...failed } = outcomes;
    if (Object.values(failed).some((count) => count > 0)) log.info({ outcomes }, "Some polls failed");
  }
}

function withoutNulls(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
