import { hash } from "node:crypto";
import type { Selectable, SelectQueryBuilder } from "kysely";
import { causeKey } from "../../protocol/cause-key.ts";
import type { ServiceState } from "../../protocol/status-report.ts";
import type { Database } from "../database/schema.ts";
import type { CauseInWords, PosStatusTable } from "../database/tables/status-tables.ts";
import { type FailureCode, isRefusal, REFUSALS } from "../pos-client/calls/failure.ts";
import type { Cause } from "./cause-catalogue.ts";
import { adviceOn } from "./causes.ts";
import type { PosServerState } from "./state.ts";

/** One POS server with a cause that many may have in common. */
export interface CauseExample {
  state: PosServerState;
  failureCode: FailureCode | null;
  serviceState: ServiceState | null;
  lastSyncAt: number | null;
  /** The exchanges in its log leave no traces. */
  isUntraced: boolean;
  /** Its own error message; empty = none. */
  text: string;
}

export const EXAMPLE_COLUMNS = [
  "state",
  "failureCode",
  "failureDetail",
  "serviceState",
  "lastSyncAt",
  "untracedSince",
  "syncError",
] as const;

export const UNTRACED = "untraced";
/** The key of errors without a text; it has to fit into an address. */
const NO_WORDS = "#";
const HASH_LENGTH = 10;
/** The key of every silence, whatever way it shows in. */
export const NO_ANSWER = "no_answer";

export function exampleOf(
  status: Pick<Selectable<PosStatusTable>, (typeof EXAMPLE_COLUMNS)[number]>,
): CauseExample {
  const { state, failureCode, failureDetail, serviceState, lastSyncAt, untracedSince, syncError } = status;
  const isPollFailure = state === "unreachable";
  return {
    state,
    failureCode: isPollFailure ? failureCode : null,
    serviceState,
    lastSyncAt,
    isUntraced: untracedSince !== null,
    text: (isPollFailure ? failureDetail : syncError) ?? "",
  };
}

export function exampleOfIncident(
  incident: Omit<CauseExample, "isUntraced" | "text"> & CauseInWords,
): CauseExample {
  const { causeKey, state, failureCode, serviceState, lastSyncAt, detail } = incident;
  const isUntraced = causeKey === UNTRACED;
  return { state, failureCode, serviceState, lastSyncAt, isUntraced, text: detail ?? "" };
}

/** Of a transition in the history, which keeps less than a status does. */
export function exampleOfChange({
  state,
  causeKey,
  detail,
}: CauseInWords & { state: PosServerState }): CauseExample {
  const isKnown = state !== "sync_stale" || causeKey !== null;
  const code = REFUSALS.find((known) => causeKey?.startsWith(`${known}:`));
  return {
    state,
    failureCode: (state === "unreachable" && code) || null,
    serviceState: causeKey === "service_missing" ? "not_installed" : null,
    lastSyncAt: isKnown ? 0 : null,
    isUntraced: causeKey === UNTRACED,
    text: detail ?? "",
  };
}

/** Equal for POS servers with the same cause; null = none that many could have in common. */
export function causeKeyOf(example: CauseExample) {
  const { state, failureCode, serviceState, lastSyncAt, isUntraced, text } = example;
  switch (state) {
    case "sync_error":
      return causeKey(text) || NO_WORDS;
    case "unreachable":
      return isRefusal(failureCode) ? `${failureCode}: ${causeKey(text)}` : NO_ANSWER;
    case "service_stopped":
      return serviceState === "not_installed" ? "service_missing" : state;
    case "not_serving":
      return state;
    case "sync_stale":
      // Without any known exchange the log has to be taught, which is a cause of its own.
      return lastSyncAt === null ? null : isUntraced ? UNTRACED : state;
    default:
      return null;
  }
}

/** Finds which POS server of a query has had its cause for longest. */
export async function findCauseExample(
  affected: SelectQueryBuilder<Database, "posStatus", object>,
): Promise<CauseExample | null> {
  const first = await affected.select(EXAMPLE_COLUMNS).orderBy("causeSince").limit(1).executeTakeFirst();
  return first ? exampleOf(first) : null;
}

/** @param isCommon many came into the same cause at once. */
export function adviceOnExample({ text, isUntraced, ...known }: CauseExample, isCommon: boolean) {
  const untracedSince = isUntraced ? known.lastSyncAt : null;
  const syncError = known.state === "sync_error" ? text : null;
  return adviceOn({ ...known, untracedSince, syncError, isCommon });
}

/** Equal for troubles that ended alike, as far as is known: the cause, or the very error where it is not recognized. */
export function knownAs(cause: Cause, causeKey: string | null): string {
  return cause === "exchange_failed" && causeKey !== null ? `${cause}: ${hashOfCause(causeKey)}` : cause;
}

/** Short enough for addresses and indexes. */
export function hashOfCause(causeKey: string): string {
  return hash("sha256", causeKey).slice(0, HASH_LENGTH);
}

/** For somebody who may not see its POS server: names and numbers go out of its text. */
export function withoutNames(example: CauseExample): CauseExample {
  return { ...example, text: causeKey(example.text) };
}
