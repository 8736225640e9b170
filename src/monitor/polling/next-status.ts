import type { Insertable, Selectable } from "kysely";
import type {
  PosStatusTable,
  RegistryCopyColumns,
  StateChangeTable,
} from "../database/tables/status-tables.ts";
import { searchText } from "../database/text.ts";
import { causeKeyOf, exampleOf } from "../fleet/cause-example.ts";
import {
  decideState,
  EXCHANGING_STATES,
  isProblem,
  type StateRules,
  troubleBeforeSilence,
  UNKNOWN_STATES,
} from "../fleet/state.ts";
import { stateFactsOf } from "../fleet/state-facts.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { MAX_ERROR_LENGTH, reportedColumns } from "./reported-columns.ts";

/** What polls decide of a row of `pos_status`. */
export type PosStatus = Omit<
  Selectable<PosStatusTable>,
  keyof RegistryCopyColumns | "teach_again_at" | "closed_for" | "closing_changes_at"
>;
export type NewStateChange = Insertable<StateChangeTable>;

/**
 * What the status of a POS server becomes after one poll, and the transition to record when its state changed.
 * Pure: the clock is the outcome's time of receipt.
 */
export function nextStatus(
  previous: PosStatus,
  outcome: StatusOutcome,
  rules: StateRules,
): { status: PosStatus; change: NewStateChange | null } {
  const now = outcome.receivedAt;
  const reported = outcome.ok ? reportedColumns(previous, outcome.report, now, rules) : {};
  const status: PosStatus = {
    ...previous,
    ...reported,
    failed_polls: outcome.ok ? 0 : previous.failed_polls + 1,
    failure_code: outcome.ok ? null : outcome.failure.code,
    failure_detail: outcome.ok ? null : outcome.failure.detail.slice(0, MAX_ERROR_LENGTH),
    silent_since: outcome.ok ? null : (previous.silent_since ?? now),
    last_poll_at: now,
  };
  if (status.last_sync_at !== null) status.has_exchanged = 1;

  status.state = decideState(stateFactsOf(status), rules, now);
  status.cause_key = causeKeyOf(exampleOf(status));
  status.cause_since = findCauseSince(previous, status, now);
  status.problem_since = findProblemSince(previous, status, now);
  if (outcome.ok) {
    status.told_state = status.state;
    status.told_since = status.problem_since;
  }
  status.error_search = searchText(searchedError(status)) || null;
  const isChanged = status.state !== previous.state;
  status.state_since = status.problem_since ?? (isChanged ? now : previous.state_since);
  if (!isChanged) return { status, change: null };

  status.recovered_at = findRecoveredAt(previous, status, now);
  const change: NewStateChange = {
    pos_server_id: status.pos_server_id,
    at: now,
    state: status.state,
    cause_key: status.cause_key,
    detail: shownError(status),
  };
  return { status, change };
}

function findCauseSince(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (status.cause_key === null) return null;
  if (status.cause_key === previous.cause_key) return previous.cause_since;
  if (status.state === "unreachable" && previous.state !== "unreachable") return status.silent_since;
  // Taking "now" would turn the first start of the monitor into a common failure.
  return isFirstReport(previous, status) ? status.last_sync_at : now;
}

/**
 * A problem has lasted since the exchange stopped working, whatever it turns into: through a silence too, unless there was an exchange
 * meanwhile. A silence after health began with the first poll that failed.
 */
function findProblemSince(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (!isProblem(status.state)) return null;
  const known = previous.problem_since ?? previous.told_since;
  if (known !== null) return hasExchangedMeanwhile(previous, status) ? status.last_sync_at : known;
  if (status.silent_since !== null) return previous.state === "closed" ? now : status.silent_since;
  return isFirstReport(previous, status) ? (status.last_sync_at ?? now) : now;
}

/** By the clock of the POS server, which stands still between two reports of the same exchange, while the monitor's view of it wavers. */
function hasExchangedMeanwhile(previous: PosStatus, status: PosStatus): boolean {
  // What its log tells is not believed.
  if (status.untraced_since !== null) return false;
  // What does not answer the tills may exchange all the time.
  if (status.state === "not_serving" && previous.told_state === status.state) return false;
  const [before, after] = [previous, status].map(({ last_sync_at: at, clock_shift_ms: shiftMs }) =>
    at === null ? null : at - (shiftMs ?? 0),
  );
  if (!UNKNOWN_STATES.includes(previous.state) || after == null) return false;
  return before == null || after > before;
}

/** Of a failure that the first report tells nobody saw the beginning: it began after the last exchange that worked. */
function isFirstReport(previous: PosStatus, status: PosStatus): boolean {
  return previous.last_update_at === null && status.last_update_at !== null;
}

/** Until the next problem a recovery stays one, whatever becomes of its version. */
function findRecoveredAt(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (isProblem(status.state)) return null;
  const isRecovered =
    isProblem(previous.state) && hadExchanged(previous) && EXCHANGING_STATES.includes(status.state);
  return isRecovered ? now : previous.recovered_at;
}

/** Of one that was only waited for nobody knows that it had ever exchanged before: its first success recovers nothing. */
function hadExchanged({ state, has_exchanged }: PosStatus): boolean {
  return has_exchanged === 1 || (state !== "unreachable" && state !== "sync_stale");
}

function shownError({ state, failure_detail, sync_error }: PosStatus): string | null {
  if (state === "closed") return null;
  return state === "unreachable" ? failure_detail : sync_error;
}

/** Of a silent one also what it told before: it is shown, too. */
function searchedError(status: PosStatus): string {
  const { state, told_state: stateBefore, sync_error } = status;
  const before = troubleBeforeSilence({ state, stateBefore }) ? sync_error : null;
  return [shownError(status), before].filter(Boolean).join(" ");
}
