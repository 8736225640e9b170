import type { Selectable } from "kysely";
import type { PosStatusTable } from "../database/tables/status-tables.ts";
import type { StateFacts } from "./state.ts";

/** The columns from which the state of a POS server follows. */
export const STATE_FACT_COLUMNS = [
  "lastUpdateAt",
  "version",
  "serviceState",
  "portSilentReports",
  "syncError",
  "lastSyncAt",
  "untracedSince",
  "failedPolls",
  "failureCode",
  "closedUntil",
] as const satisfies readonly (keyof PosStatusTable)[];

/** What a row of the database knows of a POS server. */
export function stateFactsOf(
  status: Pick<Selectable<PosStatusTable>, (typeof STATE_FACT_COLUMNS)[number]>,
): StateFacts {
  return {
    hasReport: status.lastUpdateAt !== null,
    version: status.version,
    serviceState: status.serviceState,
    silentPortReports: status.portSilentReports,
    hasSyncError: status.syncError !== null,
    lastSyncAt: status.lastSyncAt,
    isUntraced: status.untracedSince !== null,
    failedPolls: status.failedPolls,
    failureCode: status.failureCode,
    closedUntil: status.closedUntil,
  };
}
