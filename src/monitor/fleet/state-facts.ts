import type { Selectable } from "kysely";
import type { PosStatusTable } from "../database/tables/status-tables.ts";
import type { StateFacts } from "./state.ts";

/** The columns from which the state of a POS server follows. */
export const STATE_FACT_COLUMNS = [
  "last_update_at",
  "version",
  "service_state",
  "port_silent_reports",
  "sync_error",
  "last_sync_at",
  "untraced_since",
  "failed_polls",
  "failure_code",
  "closed_until",
] as const satisfies readonly (keyof PosStatusTable)[];

/** What a row of the database knows of a POS server. */
export function stateFactsOf(
  status: Pick<Selectable<PosStatusTable>, (typeof STATE_FACT_COLUMNS)[number]>,
): StateFacts {
  return {
    hasReport: status.last_update_at !== null,
    version: status.version,
    serviceState: status.service_state,
    silentPortReports: status.port_silent_reports,
    hasSyncError: status.sync_error !== null,
    lastSyncAt: status.last_sync_at,
    isUntraced: status.untraced_since !== null,
    failedPolls: status.failed_polls,
    failureCode: status.failure_code,
    closedUntil: status.closed_until,
  };
}
