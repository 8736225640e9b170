import type { StateRules } from "../../src/monitor/fleet/state.ts";
import type { PosStatus } from "../../src/monitor/polling/next-status.ts";
import { START } from "./clock.ts";

export const RULES: StateRules = {
  minimumVersion: "34",
  requiredVersion: null,
  staleAfterMs: 10 * 60_000,
  unreachableAfterPolls: 2,
};

/** The status of a POS server that was just added to the registry. */
export function neverPolled(): PosStatus {
  return {
    pos_server_id: 7,
    state: "pending",
    state_since: START,
    failed_polls: 0,
    failure_code: null,
    failure_detail: null,
    closed_until: null,
    cause_key: null,
    cause_since: null,
    problem_since: null,
    recovered_at: null,
    last_poll_at: null,
    last_update_at: null,
    last_sync_at: null,
    has_exchanged: 0,
    last_attempt_at: null,
    sync_error: null,
    sync_error_at: null,
    error_search: null,
    version: null,
    version_sort: null,
    service_name: null,
    service_state: null,
    service_started_at: null,
    service_told_at: null,
    database_exists: null,
    database_bytes: null,
    database_created_at: null,
    database_modified_at: null,
    disk_free_bytes: null,
    disk_total_bytes: null,
    utc_offset_minutes: null,
    clock_shift_ms: null,
    quarantine_days: null,
    unusable_patterns: null,
    failed_checks: null,
    port_silent_reports: null,
    port_checked_at: null,
    configuration_id: null,
    logs_found: null,
    logs_unmatched: null,
    agent_version: null,
    agent_version_sort: null,
    agent_platform: null,
    update_key: null,
    rejected_version: null,
  };
}
