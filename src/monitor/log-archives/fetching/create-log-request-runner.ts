import type { Db } from "../../database/schema.ts";
import { createRunner, type Runner } from "../../requests/runner.ts";
import { withoutWaiting } from "../../requests/waiting.ts";
import { workOnLogRequest } from "./work.ts";
import type { WorkContext } from "./work-context.ts";

/** Requests at once, each of another POS server. */
const PLACES = 8;
/** Beside them, of those whose POS server takes its time or sends next to nothing. */
const SLOW_PLACES = 4;

/** Makes the runner that works through the log requests. */
export function createLogRequestRunner(context: WorkContext): Runner {
  const { db, client, log, clock, monotonicClock } = context;
  return createRunner({
    db,
    table: "log_request",
    places: PLACES,
    slowPlaces: SLOW_PLACES,
    listClaimable: async () =>
      await withoutWaiting(db, "log_request", await listOldestOpen(db), client.agents, clock()),
    work: (id, signal, noteSlow) => workOnLogRequest(context, id, signal, noteSlow),
    log,
    monotonicClock,
  });
}

/** Of each POS server the oldest open request, the oldest of all first. */
async function listOldestOpen(db: Db): Promise<number[]> {
  const rows = await db
    .selectFrom("log_request")
    .select(({ fn }) => fn.min("id").as("oldestId"))
    .where("finished_at", "is", null)
    .groupBy("pos_server_id")
    .orderBy("oldestId")
    .execute();
  return rows.map(({ oldestId }) => oldestId);
}
