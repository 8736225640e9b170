import type { FastifyInstance } from "fastify";

const MOST_EVENTS = 500;

/** Writes what operators want to know into the log, a line each: for jobs of every second and of every minute. */
export function createOperatorsLog(app: FastifyInstance) {
  const { log, poller } = app;
  const { db } = app.database;
  /** Of the newest audit event in the log; null = the monitor has just started. */
  let lastEventId: number | null = null;
  let openBatches = new Set<number>();
  let polled = poller.outcomes();

  return { followEvents, sumUpPolls };

  /** Sign-ins and refusals, repairs, log requests, batches, changes: all that the audit log records. */
  async function followEvents(): Promise<void> {
    const newest = await db
      .selectFrom("auditEvent")
      .select(({ fn, val }) => fn.coalesce(fn.max("id"), val(0)).as("id"))
      .executeTakeFirstOrThrow();
    const events = await db
      .selectFrom("auditEvent")
      .select(["id as event", "action", "result", "userId", "address"])
      .select(["organizationId", "posServerId", "batchId"])
      .where("id", ">", lastEventId ?? newest.id)
      .orderBy("id")
      .limit(MOST_EVENTS)
      .execute();
    for (const event of events) log.info(withoutNulls(event), "An event was recorded");
    lastEventId = events.at(-1)?.event ?? newest.id;
    await followBatches();
  }

  async function followBatches(): Promise<void> {
    const open = await db
      .selectFrom("batchItem")
      .select("batchId")
      .distinct()
      .where("finishedAt", "is", null)
      .execute();
    const ids = new Set(open.map(({ batchId }) => batchId));
    for (const batchId of openBatches) if (!ids.has(batchId)) log.info({ batchId }, "A batch has ended");
    openBatches = ids;
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
