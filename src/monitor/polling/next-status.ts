import type { Selectable } from "kysely";
import type {
  CauseInWords,
  PosStatusTable,
  RegistryCopyColumns,
  StateChangeTable,
} from "../database/tables/status-tables.ts";
import { searchText } from "../database/text.ts";
import { causeKeyOf, exampleOf } from "../fleet/cause-example.ts";
import { COMES_BACK_WITHIN_MS } from "../fleet/flapping.ts";
import {
  decideState,
  EXCHANGING_STATES,
  isProblem,
  type StateRules,
  troubleBeforeSilence,
  UNKNOWN_STATES,
} from "../fleet/state.ts";
import { isRefusal } from "../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { MAX_ERROR_LENGTH, reportedColumns } from "./reported-columns.ts";

type Rank = "stateRank" | "stateAge" | "errorRank";

/** The columns of `posStatus` that polls decide. */
export type PosStatus = Omit<
  Selectable<PosStatusTable>,
  keyof RegistryCopyColumns | Rank | "teachAgainAt" | "closedFor" | "closingChangesAt"
>;
export type NewStateChange = Pick<StateChangeTable, "posServerId" | "at" | "state"> & CauseInWords;

/** The status after one poll, and the transition to record if its state changed. */
export function nextStatus(
  previous: PosStatus,
  outcome: StatusOutcome,
  rules: StateRules,
): { status: PosStatus; change: NewStateChange | null } {
  const now = outcome.receivedAt;
  const reported = outcome.ok ? reportedColumns(previous, outcome.report, now, rules) : {};
  const wasRefused = isRefusal(previous.failureCode);
  const isRefused = !outcome.ok && isRefusal(outcome.failure.code);
  const status: PosStatus = {
    ...previous,
    ...reported,
    failedPolls: outcome.ok ? 0 : previous.failedPolls + 1,
    failureCode: outcome.ok ? null : outcome.failure.code,
    failureDetail: outcome.ok ? null : outcome.failure.detail.slice(0, MAX_ERROR_LENGTH),
    silentSince: outcome.ok ? null : (wasRefused === isRefused && previous.silentSince) || now,
    lastPollAt: now,
  };
  if (status.lastSyncAt !== null) status.hasExchanged = 1;

  status.state = decideState(status, rules, now);
  status.causeKey = causeKeyOf(exampleOf(status));
  status.causeSince = findCauseSince(previous, status, now);
  status.problemSince = findProblemSince(previous, status, now);
  status.failuresInRow = countFailures(previous, status);
  if (outcome.ok) {
    status.stateBefore = status.state;
    status.stateBeforeSince = status.problemSince;
  }
  status.errorSearch = searchText(searchedError(status)) || null;
  const isChanged = status.state !== previous.state;
  status.stateSince = status.problemSince ?? (isChanged ? now : previous.stateSince);
  if (!isChanged) return { status, change: null };

  status.recoveredAt = findRecoveredAt(previous, status, now);
  const change: NewStateChange = {
    posServerId: status.posServerId,
    at: now,
    state: status.state,
    causeKey: status.causeKey,
    detail: shownError(status),
  };
  return { status, change };
}

function findCauseSince(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (status.causeKey === null) return null;
  if (status.causeKey === previous.causeKey) return previous.causeSince;
  if (status.state === "unreachable" && previous.state !== "unreachable") return status.silentSince;
  // «now» would make the monitor's first start look like a common failure.
  return isFirstReport(previous, status) ? status.lastSyncAt : now;
}

/**
 * A problem lasts since the exchange stopped working, whatever it turns into, even through a silence without exchange. A
 * healthy POS server is silent since the first failed poll. The first exchange that a POS server tells of corrects what
 * began before it was known.
 */
function findProblemSince(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (!isProblem(status.state)) return null;
  const known = knownSince(previous);
  if (known !== null) {
    if (hasExchangedMeanwhile(previous, status)) return status.lastSyncAt;
    const isFirstTold = previous.hasExchanged === 0 && status.untracedSince === null;
    return isFirstTold ? Math.min(known, status.lastSyncAt ?? known) : known;
  }
  if (status.silentSince !== null) return previous.state === "closed" ? now : status.silentSince;
  return isFirstReport(previous, status) ? (status.lastSyncAt ?? now) : now;
}

/** Since when its problem lasted before, also while its restaurant was closed. */
function knownSince({ problemSince, stateBeforeSince }: PosStatus): number | null {
  return problemSince ?? stateBeforeSince;
}

/** An exchange that no poll saw ended a failure too. */
function countFailures(previous: PosStatus, { problemSince: since }: PosStatus): number {
  const known = knownSince(previous);
  const { failuresInRow, recoveredAt } = previous;
  if (since === null || (known !== null && since <= known)) return failuresInRow;
  const isBack =
    known !== null || (recoveredAt !== null && Math.abs(since - recoveredAt) <= COMES_BACK_WITHIN_MS);
  return isBack ? failuresInRow + 1 : 1;
}

/** By the POS server's clock: in every report it gives the same time for one exchange. */
function hasExchangedMeanwhile(previous: PosStatus, status: PosStatus): boolean {
  // An exchange without traces is not believed.
  if (status.untracedSince !== null) return false;
  // A POS server that does not answer the tills may still exchange.
  if (status.state === "not_serving" && previous.stateBefore === status.state) return false;
  const [before, after] = [previous, status].map(({ lastSyncAt: at, clockShiftMs: shiftMs }) =>
    at === null ? null : at - (shiftMs ?? 0),
  );
  if (!UNKNOWN_STATES.includes(previous.state) || after == null) return false;
  return before == null || after > before;
}

/** When the failure of a first report began is unknown: it counts from the last exchange that worked. */
function isFirstReport(previous: PosStatus, status: PosStatus): boolean {
  return previous.lastUpdateAt === null && status.lastUpdateAt !== null;
}

function findRecoveredAt(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (isProblem(status.state)) return null;
  const isRecovered =
    isProblem(previous.state) && hadExchanged(previous) && EXCHANGING_STATES.includes(status.state);
  return isRecovered ? now : previous.recoveredAt;
}

/** The first success of a new POS server is no recovery. */
function hadExchanged({ state, hasExchanged }: PosStatus): boolean {
  return hasExchanged === 1 || (state !== "unreachable" && state !== "sync_stale");
}

function shownError({ state, failureDetail, syncError }: PosStatus): string | null {
  if (state === "closed") return null;
  return state === "unreachable" ? failureDetail : syncError;
}

/** A silent one is also found by its error from before, which is shown too. */
function searchedError(status: PosStatus): string {
  const { state, stateBefore, syncError } = status;
  const before = troubleBeforeSilence({ state, stateBefore }) ? syncError : null;
  return [shownError(status), before].filter(Boolean).join(" ");
}
