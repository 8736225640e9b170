import type { CommandDependencies } from "../commands/command-dependencies.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import { fetchLogsFirst } from "./fetch-logs-first.ts";
import { findOpenReset, type OpenReset } from "./find-database-resets.ts";
import { followExchange } from "./follow-exchange.ts";
import { isServiceBack } from "./next-step.ts";
import { resetDatabase } from "./reset-database.ts";

export interface ResetDependencies extends CommandDependencies {
  /** Tells the runner of log requests that there is a new one. */
  wakeLogRequests: () => void;
}

/** What the runner does with a reset: as much of its step as can be done now. */
export function createResetWork(
  dependencies: ResetDependencies,
): (id: number, signal: AbortSignal) => Promise<void> {
  const { db, clock } = dependencies;

  return async (id, signal) => {
    const reset = await findOpenReset(db, id);
    if (!reset) return;
    if (reset.step === "resetting") return await resetDatabase(dependencies, reset, signal);
    if (reset.step === "awaiting_sync") return await followExchange(dependencies, reset, signal);
    const change = await decide(reset);
    if (!change) return;
    await enterStep(db, reset, change, clock());
  };

  async function decide(reset: OpenReset): Promise<StepChange | null> {
    if (reset.step === "fetching_logs") return await fetchLogsFirst(dependencies, reset);
    if (reset.step === "awaiting_decision") {
      return { step: "failed", failure: { code: "no_decision", detail: reset.failure_detail ?? "" } };
    }
    if (reset.step !== "awaiting_start") return null;
    const status = await db
      .selectFrom("pos_status")
      .select(["service_state", "last_update_at"])
      .where("pos_server_id", "=", reset.pos_server_id)
      .executeTakeFirstOrThrow();
    if (isServiceBack(status, reset.step_at)) return { step: "awaiting_sync" };
    return { step: "failed", failure: { code: "not_started", detail: reset.failure_detail ?? "" } };
  }
}
