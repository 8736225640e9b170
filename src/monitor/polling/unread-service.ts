import type { ServiceState, StatusReport } from "../../protocol/status-report.ts";
import { isBelow, type StateRules } from "../fleet/state.ts";
import type { PosStatus } from "./next-status.ts";

/** A busy machine may leave the agent no time to ask; after more reports nobody knows any more. */
const SERVICE_KNOWN_FOR_REPORTS = 3;

type ServiceColumns = Pick<
  PosStatus,
  "service_name" | "service_state" | "service_started_at" | "service_unread_reports"
>;

/**
 * What is known of the service after a report: what could not be read stays for a few reports as it was last known.
 * @param time brings a reported time to the monitor's clock.
 */
export function serviceColumns(
  previous: PosStatus,
  { service, version }: StatusReport,
  rules: StateRules,
  time: (text: string | null | undefined) => number | null,
): ServiceColumns {
  const isUnsupported = isBelow(version, rules.minimumVersion);
  const state: ServiceState | null = (!isUnsupported && service?.state) || null;
  const unread = previous.service_unread_reports + 1;
  if (
    state === null &&
    !isUnsupported &&
    previous.service_state !== null &&
    unread <= SERVICE_KNOWN_FOR_REPORTS
  ) {
    const { service_name, service_state, service_started_at } = previous;
    return { service_name, service_state, service_started_at, service_unread_reports: unread };
  }
  return {
    service_name: isUnsupported ? null : (service?.name ?? null),
    service_state: state,
    service_started_at: isUnsupported ? null : time(service?.startedAt),
    service_unread_reports: 0,
  };
}
