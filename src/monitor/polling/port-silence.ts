import type { ServiceState, StatusReport } from "../../protocol/status-report.ts";
import { isBelow, type StateRules } from "../fleet/state.ts";
import type { PosStatus } from "./next-status.ts";

/**
 * What decides about tills: one look of the agent counts once, however often it is reported, and only while the service runs.
 * @param serviceState as it is known after the report.
 */
export function portColumns(
  previous: PosStatus,
  report: StatusReport,
  serviceState: ServiceState | null,
  rules: StateRules,
): Pick<PosStatus, "port_silent_reports" | "port_checked_at"> {
  if (isBelow(report.version, rules.minimumVersion)) {
    return { port_silent_reports: null, port_checked_at: null };
  }
  const port = report.checks?.find(({ id }) => id === "port");
  const checkedAt = port?.at ? Date.parse(port.at) : null;
  return { port_silent_reports: silentReports(), port_checked_at: checkedAt };

  function silentReports(): number | null {
    const { port_silent_reports: before, port_checked_at: lastCheckedAt } = previous;
    if (port?.outcome === "ok") return 0;
    if (before === null) return null;
    if (port?.outcome !== "failed" || serviceState !== "running") return 0;
    const isSameLook = checkedAt !== null && checkedAt === lastCheckedAt;
    return isSameLook ? before : before + 1;
  }
}
