import type { DatabaseResetReport } from "../../../protocol/commands.ts";
import { isServiceDown } from "../../fleet/state.ts";
import { type CommandFailure, reportedFailure } from "../commands/command-failure.ts";
import { exchangeAfter, type FollowedStatus } from "../commands/restored-exchange.ts";
import type { FoundReset } from "./find-database-resets.ts";
import { CLOCK_ERROR_MS, type DatabaseResetStep } from "./step.ts";

/** The database was moved, but the service does not run. */
const START_ERRORS = ["start_timeout", "start_failed"];

interface AfterReset {
  step: DatabaseResetStep;
  /** By the monitor's clock; null = no database was moved. */
  resetAt: number | null;
  failure: CommandFailure | null;
}

/** What follows from the final report of a reset. */
export function afterReset(
  report: DatabaseResetReport,
  receivedAt: number,
  reset: Pick<FoundReset, "begunAt" | "startService">,
  clockShiftMs: number,
): AfterReset {
  const begunAt = reset.begunAt ?? receivedAt;
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
  const isStartExpected = reset.startService === 1 && !isServiceDown(report.service);
  return {
    step: isServiceUp || isStartExpected ? "awaiting_sync" : "awaiting_start",
    resetAt: movedAt,
    failure: null,
  };
}

type FollowedReset = FollowedStatus & Record<"databaseExists" | "databaseCreatedAt", number | null>;

/**
 * When a healthy POS server last exchanged, if that was after a new database, and that after the reset; else null. Times
 * by the monitor's clock.
 */
export function provingExchange(status: FollowedReset, resetAt: number): number | null {
  const { lastUpdateAt, databaseExists, databaseCreatedAt } = status;
  if (databaseExists !== 1 || databaseCreatedAt === null || lastUpdateAt === null) return null;
  const isNewDatabase = lastUpdateAt > resetAt && databaseCreatedAt > resetAt - CLOCK_ERROR_MS;
  return isNewDatabase ? exchangeAfter(status, databaseCreatedAt) : null;
}
