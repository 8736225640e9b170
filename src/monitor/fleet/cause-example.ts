import type { Selectable, SelectQueryBuilder } from "kysely";
import { causeKey } from "../../protocol/cause-key.ts";
import type { ServiceState } from "../../protocol/status-report.ts";
import type { Database } from "../database/schema.ts";
import type { PosStatusTable } from "../database/tables/status-tables.ts";
import type { FailureCode } from "../pos-client/calls/failure.ts";
import { type Advice, adviceOn } from "./causes.ts";
import type { PosServerState } from "./state.ts";

/** What is known of one POS server that has a cause which many have in common. */
export interface CauseExample {
  state: PosServerState;
  failureCode: FailureCode | null;
  serviceState: ServiceState | null;
  lastSyncAt: number | null;
  /** Its log tells of exchanges that leave no traces. */
  isUntraced: boolean;
  /** What it says itself; empty = nothing. */
  text: string;
}

/** What `exampleOf` reads of a POS server. */
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
/** A key that an address can hold, of errors without a text. */
const NO_WORDS = "#";
/** A line that is cut is found out in one of these ways, as it happens: one cause. */
const NO_ANSWER: readonly FailureCode[] = ["connect_timeout", "response_timeout", "not_connected"];

/** What is known of a POS server by its row. */
export function exampleOf(
  status: Pick<Selectable<PosStatusTable>, (typeof EXAMPLE_COLUMNS)[number]>,
): CauseExample {
  const { state, failureCode, failureDetail, serviceState, lastSyncAt, untracedSince, syncError } = status;
  const isPollFailure = state === "unreachable";
  return {
    state,
    failureCode: isPollFailure ? failureCode : null,
    serviceState: serviceState,
    lastSyncAt: lastSyncAt,
    isUntraced: untracedSince !== null,
    text: (isPollFailure ? failureDetail : syncError) ?? "",
  };
}

/** What an incident has noted of its cause, whose key it has. */
export function exampleOfIncident(
  known: Omit<CauseExample, "isUntraced" | "text"> & { detail: string | null },
  key: string | null,
): CauseExample {
  const { state, failureCode, serviceState, lastSyncAt, detail } = known;
  return { state, failureCode, serviceState, lastSyncAt, isUntraced: key === UNTRACED, text: detail ?? "" };
}

/** What tells causes apart; null = none that many could have in common. */
export function causeKeyOf(example: CauseExample) {
  const { state, failureCode, serviceState, lastSyncAt, isUntraced, text } = example;
  switch (state) {
    case "sync_error":
      return causeKey(text) || NO_WORDS;
    case "unreachable":
      return failureCode && NO_ANSWER.includes(failureCode)
        ? "no_answer"
        : `${failureCode}: ${causeKey(text)}`;
    case "service_stopped":
      return serviceState === "not_installed" ? "service_missing" : state;
    case "not_serving":
      return state;
    case "sync_stale":
      // Where no exchange is known at all, the log has to be taught: a cause of its own.
      return lastSyncAt === null ? null : isUntraced ? UNTRACED : state;
    default:
      return null;
  }
}

/** Finds the first that came into it among POS servers with the same cause; null when there is none. */
export async function findCauseExample(
  affected: SelectQueryBuilder<Database, "posStatus", object>,
): Promise<CauseExample | null> {
  const first = await affected.select(EXAMPLE_COLUMNS).orderBy("causeSince").limit(1).executeTakeFirst();
  return first ? exampleOf(first) : null;
}

/** Advises on a POS server that has what an example has; `isCommon`: many came into the same cause at once. */
export function adviceOnExample(
  { text, isUntraced, ...known }: CauseExample,
  isCommon: boolean,
): Advice | null {
  const untracedSince = isUntraced ? known.lastSyncAt : null;
  return adviceOn({
    ...known,
    untracedSince,
    syncError: known.state === "sync_error" ? text : null,
    isCommon,
  });
}

/** The same for somebody who may not see the POS server: its text says nothing that only this one has. */
export function withoutNames(example: CauseExample): CauseExample {
  return { ...example, text: causeKey(example.text) };
}
