import { createRunner, type Runner } from "../../requests/runner.ts";
import { withoutWaiting } from "../../requests/waiting.ts";
import { listClaimableRequests } from "./list-claimable.ts";
import { workOnLogRequest } from "./work.ts";
import type { WorkContext } from "./work-context.ts";

/** Requests at once, each of another POS server. */
const PLACES = 8;
/** Beside them, of those whose POS server takes its time or sends next to nothing. */
const SLOW_PLACES = 4;

/** Makes the runner that works through the log requests. */
export function createLogRequestRunner(context: WorkContext): Runner {
  const { db, client, log, clock } = context;
  return createRunner({
    db,
    table: "log_request",
    places: PLACES,
    slowPlaces: SLOW_PLACES,
    listClaimable: async (now) =>
      await withoutWaiting(db, "log_request", await listClaimableRequests(db, now), client.agents, now),
    work: (id, signal, noteSlow) => workOnLogRequest(context, id, signal, noteSlow),
    log,
    clock,
  });
}
