import type { Db } from "../database/schema.ts";
import { keepCauses } from "../fleet/kept-causes.ts";
import { EXCHANGING_STATES, type StateRules } from "../fleet/state.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { endAcknowledgementsOf } from "../restaurants/end-acknowledgements.ts";
import { queueTroubleChanges } from "../restaurants/queue-changes.ts";
import { holdToIdentities } from "./hold-to-identities.ts";
import { type NewStateChange, nextStatus, type PosStatus } from "./next-status.ts";
import { excerptToFetch, queueLogExcerpts } from "./queue-log-excerpts.ts";
import { type ReportedChecks, reportedChecks, saveChecks } from "./save-checks.ts";

type Column = keyof PosStatus;

/** Written only where one of them changes, since they have indexes: most polls change none. */
const INDEXED_COLUMNS: readonly (readonly Column[])[] = [
  [
    "state",
    "stateSince",
    "problemSince",
    "recoveredAt",
    "causeKey",
    "causeSince",
    "errorSearch",
    "logEvidence",
  ],
  [
    "version",
    "versionSort",
    "configurationId",
    "agentVersion",
    "agentVersionSort",
    "agentPlatform",
    "updateKey",
    "rejectedVersion",
  ],
];

const OTHER_COLUMNS = [
  "failedPolls",
  "failureCode",
  "failureDetail",
  "silentSince",
  "failuresInRow",
  "stateBefore",
  "stateBeforeSince",
  "versionReportedAt",
  "lastPollAt",
  "lastUpdateAt",
  "lastSyncAt",
  "hasExchanged",
  "lastAttemptAt",
  "syncError",
  "syncErrorAt",
  "serviceName",
  "serviceState",
  "serviceStartedAt",
  "serviceReportedAt",
  "serviceCanRestart",
  "databaseExists",
  "databaseBytes",
  "databaseCreatedAt",
  "databaseModifiedAt",
  "diskFreeBytes",
  "diskTotalBytes",
  "utcOffsetMinutes",
  "quarantineDays",
  "unusablePatterns",
  "logsFound",
  "logsUnmatched",
  "traces",
  "untracedSince",
  "clockShiftMs",
  "failedChecks",
  "portSilentReports",
  "portCheckedAt",
  "agentMachine",
] as const satisfies readonly Column[];

const ALL_COLUMNS: readonly Column[] = [...INDEXED_COLUMNS.flat(), ...OTHER_COLUMNS];

interface Update {
  status: PosStatus;
  changed: readonly Column[];
}

export interface PollResult {
  posServerId: number;
  outcome: StatusOutcome;
}

/**
 * Saves polls and their transitions in one transaction; deleted POS servers are skipped.
 * @returns the saved statuses, and in the given order the outcomes as they count: the report of another POS server is a
 * failure.
 */
export async function savePollResults(db: Db, results: readonly PollResult[], rules: StateRules) {
  return await db.transaction().execute(async (trx) => {
    const counted = await holdToIdentities(trx, results);
    const ids = results.map(({ posServerId }) => posServerId);
    const previous = await trx
      .selectFrom("posStatus")
      .select(["posServerId", "closedUntil", ...ALL_COLUMNS])
      .where("posServerId", "in", ids)
      .execute();
    const stored = new Map(previous.map((status) => [status.posServerId, status]));
    const statuses = new Map(stored);
    const changes: NewStateChange[] = [];
    const recoveredIds = new Set<number>();
    const checks: ReportedChecks[] = [];
    const excerpts: ReturnType<typeof excerptToFetch>[] = [];
    for (const { posServerId, outcome } of counted) {
      const before = statuses.get(posServerId);
      if (!before) continue;
      const { status, change } = nextStatus(before, outcome, rules);
      statuses.set(posServerId, status);
      if (change) changes.push(change);
      if (isRecovery(before, status)) recoveredIds.add(posServerId);
      checks.push(...reportedChecks(before, status, outcome));
      excerpts.push(excerptToFetch(before, status, outcome));
    }
    const saved = [...statuses.values()];
    const updates = saved.map((status) => {
      const before = stored.get(status.posServerId);
      return { status, changed: ALL_COLUMNS.filter((column) => before?.[column] !== status[column]) };
    });
    const rewritten = ({ changed }: Update) =>
      INDEXED_COLUMNS.map((columns) => changed.some((column) => columns.includes(column))).join();
    for (const alike of Map.groupBy(updates, rewritten).values()) await updateStatuses(trx, alike);
    const isSame = ({ posServerId: id, state, causeKey }: PosStatus) =>
      stored.get(id)?.state === state && stored.get(id)?.causeKey === causeKey;
    const troubled = saved.flatMap((status) => (isSame(status) ? [] : [status.posServerId]));
    await queueTroubleChanges(trx, troubled);
    if (changes.length > 0)
      await trx
        .insertInto("stateChange")
        .values(await keepCauses(trx, changes))
        .execute();
    await saveChecks(trx, checks);
    await queueLogExcerpts(
      trx,
      excerpts.filter((excerpt) => excerpt !== null),
    );
    const lastReceivedAt = Math.max(...counted.map(({ outcome }) => outcome.receivedAt));
    await endAcknowledgementsOf(trx, "posServer", [...recoveredIds], "exchange", lastReceivedAt);
    return { statuses: saved, outcomes: counted.map(({ outcome }) => outcome) };
  });
}

/** The exchange works again after it did not, or was not known to. */
function isRecovery(before: PosStatus, { state }: PosStatus): boolean {
  return EXCHANGING_STATES.includes(state) && !EXCHANGING_STATES.includes(before.state);
}

async function updateStatuses(trx: Db, updates: readonly Update[]): Promise<void> {
  const changed = new Set(updates.flatMap((update) => update.changed));
  if (changed.size === 0) return;
  const columns = ALL_COLUMNS.filter((column) => changed.has(column));
  const named = [...new Set<Column>(["posServerId", "state", "stateSince", ...columns])];
  const rows = updates.map(({ status }) =>
    Object.fromEntries(named.map((column) => [column, status[column]])),
  );
  await trx
    .insertInto("posStatus")
    .values(rows as unknown as PosStatus[])
    .onConflict((conflict) =>
      conflict
        .column("posServerId")
        .doUpdateSet(({ ref }) =>
          Object.fromEntries(columns.map((column) => [column, ref(`excluded.${column}`)])),
        ),
    )
    .execute();
}
