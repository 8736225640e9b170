import { createRunner, type Runner } from "../../requests/runner.ts";
import { listClaimableRequests } from "./list-claimable.ts";
import { workOnLogRequest } from "./work.ts";
import type { WorkContext } from "./work-context.ts";

/** Requests at once, each of another POS server. */
const PLACES = 4;

/** Makes the runner that works through the log requests. */
export function createLogRequestRunner(context: WorkContext): Runner {
  const { db, log, clock } = context;
  return createRunner({
    db,
    table: "log_request",
    places: PLACES,
    listClaimable: (now) => listClaimableRequests(db, now),
    work: (id, signal) => workOnLogRequest(context, id, signal),
    log,
    clock,
  });
}
