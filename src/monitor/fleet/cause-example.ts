import type { SelectQueryBuilder } from "kysely";
import { causeKey } from "../../protocol/cause-key.ts";
import type { ServiceState } from "../../protocol/status-report.ts";
import type { Database } from "../database/schema.ts";
import type { FailureCode } from "../pos-client/calls/failure.ts";
import { type Advice, adviceOn } from "./causes.ts";
import type { PosServerState } from "./state.ts";

/** What is known of one POS server that has a cause which many have in common. */
export interface CauseExample {
  state: PosServerState;
  failureCode: FailureCode | null;
  serviceState: ServiceState | null;
  lastSyncAt: number | null;
  /** What it says itself; empty = nothing. */
  text: string;
}

/** Finds the first that came into it among POS servers with the same cause; null when there is none. */
export async function findCauseExample(
  affected: SelectQueryBuilder<Database, "pos_status", object>,
): Promise<CauseExample | null> {
  const first = await affected
    .select(["state", "failure_code", "failure_detail", "service_state", "last_sync_at", "sync_error"])
    .orderBy("cause_since")
    .limit(1)
    .executeTakeFirst();
  if (!first) return null;
  const isPollFailure = first.state === "unreachable";
  return {
    state: first.state,
    failureCode: isPollFailure ? first.failure_code : null,
    serviceState: first.service_state,
    lastSyncAt: first.last_sync_at,
    text: (isPollFailure ? first.failure_detail : first.sync_error) ?? "",
  };
}

/** Advises on a POS server that has what an example has; `isCommon`: many came into the same cause at once. */
export function adviceOnExample({ text, ...known }: CauseExample, isCommon: boolean): Advice | null {
  return adviceOn({ ...known, syncError: known.state === "sync_error" ? text : null, isCommon });
}

/** The same for somebody who may not see the POS server: its text says nothing that only this one has. */
export function withoutNames(example: CauseExample): CauseExample {
  return { ...example, text: causeKey(example.text) };
}
