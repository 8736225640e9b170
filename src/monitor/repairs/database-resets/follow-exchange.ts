import { readSettings } from "../../installation/settings.ts";
import { isParked } from "../../restaurants/park-pos-server.ts";
import { PARKED } from "../commands/command-failure.ts";
import type { RepairDependencies } from "../commands/repair-dependencies.ts";
import { runningSince } from "../commands/restored-exchange.ts";
import { untilAborted } from "../commands/until-aborted.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import type { FoundReset } from "./find-database-resets.ts";
import { provingExchange } from "./next-step.ts";

/** The step `awaiting_sync`: one poll, and what follows from it. The runner comes back until the reset is finished. */
export async function followExchange(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<void> {
  const { db, pollNow, clock } = dependencies;
  // The polls of a parked one are not saved: nothing would ever come of them.
  const change: StepChange | null = (await isParked(db, reset.posServerId))
    ? { step: "failed", failure: PARKED }
    : await pollAndDecide();
  if (!change) return;
  await enterStep(db, reset, change, clock());

  async function pollAndDecide(): Promise<StepChange | null> {
    await db.updateTable("databaseReset").set({ followedAt: clock() }).where("id", "=", reset.id).execute();
    const { ok: isReported } = await untilAborted(signal, pollNow(reset.posServerId));
    const status = await db
      .selectFrom("posStatus")
      .select(["state", "lastUpdateAt", "lastSyncAt"])
      .select(["databaseExists", "databaseCreatedAt"])
      .select(["failureCode", "failureDetail", "syncError"])
      .select("serviceStartedAt")
      .where("posServerId", "=", reset.posServerId)
      .executeTakeFirstOrThrow();
    // Those of an earlier report may be times of another clock than the reset's.
    const syncedAt = isReported ? provingExchange(status, reset.resetAt ?? reset.stepAt) : null;
    if (syncedAt !== null) {
      const run = { commandedAt: reset.begunAt ?? reset.requestedAt, knownAt: reset.stepAt };
      const runsAt = runningSince({ ...run, reportedAt: status.serviceStartedAt }, syncedAt);
      return { step: "done", known: { syncedAt, runsAt } };
    }
    const { resetSyncTimeoutMs } = await readSettings(db);
    if (clock() < reset.stepAt + resetSyncTimeoutMs) return null;
    return { step: "failed", failure: { code: "no_exchange", detail: lastError(status) } };
  }
}

function lastError(status: {
  failureCode: string | null;
  failureDetail: string | null;
  syncError: string | null;
}): string {
  const isSilent = status.failureCode !== null;
  return (isSilent ? status.failureDetail : status.syncError) ?? "";
}
