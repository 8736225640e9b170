import type { StatusReport } from "../../protocol/status-report.ts";
import { isBelow, type StateRules } from "../fleet/state.ts";
import type { PosStatus } from "./next-status.ts";

/** A busy machine may leave the agent no time to ask; after that nobody knows any more, however often it was polled. */
const KNOWN_FOR_MS = 10 * 60_000;

type ServiceColumns = Pick<
  PosStatus,
  "service_name" | "service_state" | "service_started_at" | "service_told_at"
>;

/**
 * What is known of the service after a report: what that could not tell stays for a while as it was told last.
 * @param time brings a reported time to the monitor's clock.
 */
export function serviceColumns(
  previous: PosStatus,
  { service, version }: StatusReport,
  receivedAt: number,
  rules: StateRules,
  time: (text: string | null | undefined) => number | null,
): ServiceColumns {
  if (isBelow(version, rules.minimumVersion))
    return { service_name: null, service_state: null, service_started_at: null, service_told_at: null };
  const isTold = service !== null && service.state !== "unknown";
  const { service_name, service_state, service_started_at, service_told_at } = previous;
  if (!isTold && service_told_at !== null && receivedAt - service_told_at <= KNOWN_FOR_MS)
    return { service_name, service_state, service_started_at, service_told_at };
  return {
    service_name: service?.name ?? null,
    service_state: service?.state ?? null,
    service_started_at: time(service?.startedAt),
    service_told_at: isTold ? receivedAt : null,
  };
}
