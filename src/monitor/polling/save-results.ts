import type { Db } from "../database/schema.ts";
import { EXCHANGING_STATES, type StateRules } from "../fleet/state.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { endAcknowledgementsOfRecovered } from "../restaurants/end-acknowledgements.ts";
import { queueTroubleChanges } from "../restaurants/queue-changes.ts";
import { holdToIdentities } from "./hold-to-identities.ts";
import { type NewStateChange, nextStatus, type PosStatus } from "./next-status.ts";
import { type ReportedChecks, reportedChecks, saveChecks } from "./save-checks.ts";

type Column = keyof PosStatus;

/** Pages keep indexes of most: those of a row are written only where one of them changes, which most polls do not. */
const INDEXED_COLUMNS: readonly (readonly Column[])[] = [
  [
    "state",
    "state_since",
    "problem_since",
    "recovered_at",
    "cause_key",
    "cause_since",
    "error_search",
    "log_evidence",
  ],
  [
    "version",
    "version_sort",
    "configuration_id",
    "agent_version",
    "agent_version_sort",
    "agent_platform",
    "update_key",
    "rejected_version",
  ],
];

const OTHER_COLUMNS = [
  "failed_polls",
  "failure_code",
  "failure_detail",
  "silent_since",
  "told_state",
  "told_since",
  "version_told_at",
  "last_poll_at",
  "last_update_at",
  "last_sync_at",
  "has_exchanged",
  "last_attempt_at",
  "sync_error",
  "sync_error_at",
  "service_name",
  "service_state",
  "service_started_at",
  "service_told_at",
  "database_exists",
  "database_bytes",
  "database_created_at",
  "database_modified_at",
  "disk_free_bytes",
  "disk_total_bytes",
  "utc_offset_minutes",
  "quarantine_days",
  "unusable_patterns",
  "logs_found",
  "logs_unmatched",
  "traces",
  "untraced_since",
  "clock_shift_ms",
  "failed_checks",
  "port_silent_reports",
  "port_checked_at",
  "agent_machine",
] as const satisfies readonly Column[];

const ALL_COLUMNS: readonly Column[] = [...INDEXED_COLUMNS.flat(), ...OTHER_COLUMNS];

export interface PollResult {
  posServerId: number;
  outcome: StatusOutcome;
}

export interface SavedPolls {
  /** As they are now stored. */
  statuses: PosStatus[];
  /** In the order given, as they count: the report of another POS server than the registered one is a failure. */
  outcomes: StatusOutcome[];
}

/**
 * Saves polls and the transitions that follow from them in one transaction. A POS server that was deleted
 * meanwhile is passed over.
 */
export async function savePollResults(
  db: Db,
  results: readonly PollResult[],
  rules: StateRules,
): Promise<SavedPolls> {
  return await db.transaction().execute(async (trx) => {
    const counted = await holdToIdentities(trx, results);
    const previous = await trx
      .selectFrom("pos_status")
      .select(["pos_server_id", "closed_until", ...ALL_COLUMNS])
      .where(
        "pos_server_id",
        "in",
        results.map(({ posServerId }) => posServerId),
      )
      .execute();
    const stored = new Map(previous.map((status) => [status.pos_server_id, status]));
    const statuses = new Map(stored);
    const changes: NewStateChange[] = [];
    const recoveredIds = new Set<number>();
    const checks: ReportedChecks[] = [];
    for (const { posServerId, outcome } of counted) {
      const before = statuses.get(posServerId);
      if (!before) continue;
      const { status, change } = nextStatus(before, outcome, rules);
      statuses.set(posServerId, status);
      if (change) changes.push(change);
      if (isRecovery(before, status)) recoveredIds.add(posServerId);
      checks.push(...reportedChecks(before, status, outcome));
    }
    const saved = [...statuses.values()];
    const isChanged = (status: PosStatus, column: Column) =>
      stored.get(status.pos_server_id)?.[column] !== status[column];
    const rewritten = (status: PosStatus) =>
      INDEXED_COLUMNS.map((columns) => columns.some((column) => isChanged(status, column))).join();
    for (const rows of Map.groupBy(saved, rewritten).values())
      await updateStatuses(
        trx,
        rows,
        ALL_COLUMNS.filter((column) => rows.some((row) => isChanged(row, column))),
      );
    const isSame = ({ pos_server_id: id, state, cause_key }: PosStatus) =>
      stored.get(id)?.state === state && stored.get(id)?.cause_key === cause_key;
    const troubled = saved.flatMap((status) => (isSame(status) ? [] : [status.pos_server_id]));
    await queueTroubleChanges(trx, troubled);
    if (changes.length > 0) await trx.insertInto("state_change").values(changes).execute();
    await saveChecks(trx, checks);
    await endAcknowledgementsOfRecovered(trx, [...recoveredIds], lastReceivedAt(counted));
    return { statuses: saved, outcomes: counted.map(({ outcome }) => outcome) };
  });
}

/** From whatever was wrong, or not known, to an exchange that works. */
function isRecovery(before: PosStatus, { state }: PosStatus): boolean {
  return EXCHANGING_STATES.includes(state) && !EXCHANGING_STATES.includes(before.state);
}

function lastReceivedAt(results: readonly PollResult[]): number {
  return Math.max(...results.map(({ outcome }) => outcome.receivedAt));
}

/** Writes what changes in any of these rows, which are there: to insert them over what is there is one statement for all. */
async function updateStatuses(trx: Db, statuses: PosStatus[], columns: readonly Column[]): Promise<void> {
  if (columns.length === 0) return;
  const named = [...new Set<Column>(["pos_server_id", "state", "state_since", ...columns])];
  const rows = statuses.map((status) => Object.fromEntries(named.map((column) => [column, status[column]])));
  await trx
    .insertInto("pos_status")
    .values(rows as unknown as PosStatus[])
    .onConflict((conflict) =>
      conflict
        .column("pos_server_id")
        .doUpdateSet(({ ref }) =>
          Object.fromEntries(columns.map((column) => [column, ref(`excluded.${column}`)])),
        ),
    )
    .execute();
}
