import type { StatusReport } from "../../protocol/status-report.ts";
import type { RunningChecks } from "../checks/run-checks.ts";
import type { ServiceControl } from "../service-control/service-control.ts";
import type { TaughtPatternsStore } from "../teaching/taught-patterns.ts";

export type ReportedUpdates = NonNullable<NonNullable<StatusReport["agent"]>["updates"]>;

/** What the status is read from, besides files. */
export interface StatusParts {
  serviceControl: ServiceControl;
  checks: Pick<RunningChecks, "results">;
  taught: Pick<TaughtPatternsStore, "current">;
  updates: { report(): Promise<ReportedUpdates | null> };
}
