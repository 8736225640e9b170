import type { Selectable } from "kysely";
import type { DatabaseResetReport } from "../../../protocol/commands.ts";
import type { ServiceState } from "../../../protocol/status-report.ts";
import type { DatabaseResetTable } from "../../database/request-tables.ts";
import type { PosStatusTable } from "../../database/schema.ts";
import { EXCHANGING_STATES } from "../../fleet/state.ts";
import { type CommandFailure, reportedFailure } from "../commands/command-failure.ts";
import { CLOCK_ERROR_MS } from "./limits.ts";
import type { DatabaseResetStep } from "./step.ts";

const NOT_RUNNING: readonly (ServiceState | null)[] = ["stopped", "stopping", "not_installed"];
/** The database is out of the way, and only the service does not run. */
const START_ERRORS = ["start_timeout", "start_failed"];

export interface AfterReset {
  step: DatabaseResetStep;
  /** By the monitor's clock; null when no database was moved. */
  resetAt: number | null;
  failure: CommandFailure | null;
}

/** What follows from the report of a reset that has ended on the POS server. Pure. */
export function afterReset(
  report: DatabaseResetReport,
  receivedAt: number,
  reset: Pick<Selectable<DatabaseResetTable>, "begun_at" | "start_service">,
  clockShiftMs: number,
): AfterReset {
  const begunAt = reset.begun_at ?? receivedAt;
  const reportedAt = report.resetAt ? Date.parse(report.resetAt) + clockShiftMs : begunAt;
  const movedAt = Math.min(Math.max(reportedAt, begunAt), receivedAt);
  if (report.step === "failed") {
    const failure = reportedFailure(report.error);
    const isMoved = report.resetAt != null;
    return {
      step: isMoved && START_ERRORS.includes(failure.code) ? "awaiting_start" : "failed",
      resetAt: isMoved ? movedAt : null,
      failure,
    };
  }
  const isServiceUp = report.service === "running" || report.service === "starting";
  const isStartExpected = reset.start_service === 1 && !NOT_RUNNING.includes(report.service);
  return {
    step: isServiceUp || isStartExpected ? "awaiting_sync" : "awaiting_start",
    resetAt: movedAt,
    failure: null,
  };
}

type Followed = Pick<
  Selectable<PosStatusTable>,
  "state" | "last_update_at" | "last_sync_at" | "database_exists" | "database_created_at"
>;

/**
 * The exchange that proves that a reset has helped: the last one of a healthy POS server, if it came after a database
 * that came after the reset. Pure; times by the monitor's clock, those of a status all moved by one and the same shift.
 * @returns when it succeeded, or null.
 */
export function provingExchange(status: Followed, resetAt: number): number | null {
  const { state, last_update_at, last_sync_at, database_exists, database_created_at } = status;
  if (!EXCHANGING_STATES.includes(state) || database_exists !== 1) return null;
  if (last_update_at === null || last_sync_at === null || database_created_at === null) return null;
  const isNewDatabase = last_update_at > resetAt && database_created_at > resetAt - CLOCK_ERROR_MS;
  return isNewDatabase && last_sync_at > database_created_at ? last_sync_at : null;
}

/** Whether a report shows that the service runs again although nobody pressed the button. Pure. */
export function isServiceBack(
  status: Pick<Selectable<PosStatusTable>, "service_state" | "last_update_at">,
  stepAt: number,
): boolean {
  const isNewer = status.last_update_at !== null && status.last_update_at >= stepAt + CLOCK_ERROR_MS;
  return isNewer && status.service_state === "running";
}
