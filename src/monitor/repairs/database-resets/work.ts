import { DAY_MS } from "../../../protocol/time-units.ts";
import type { Db } from "../../database/schema.ts";
import { readSettings } from "../../installation/settings.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { isExpired, MAX_DRIFT_MS, noteWaiting } from "../../requests/waiting.ts";
import { isParked } from "../../restaurants/park-pos-server.ts";
import { mayStillAct } from "../../viewer/access.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import {
  AGENT_ABSENT,
  type CommandFailure,
  EXPIRED,
  PARKED,
  RIGHT_LOST,
} from "../commands/command-failure.ts";
import { hasAgentMissed, isAgentAbsent, type RepairDependencies } from "../commands/command-target.ts";
import { runningSince } from "../commands/restored-exchange.ts";
import { provingExchange } from "./after-reset.ts";
import { endUntouched } from "./cancel-reset.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import { fetchLogsFirst } from "./fetch-logs-first.ts";
import { type FoundReset, findOpenReset } from "./find-database-resets.ts";
import { findObstacle } from "./request-database-reset.ts";
import { resetDatabase } from "./reset-database.ts";
import { findWaitedFor, isDue, isServiceBack, type WaitedFor } from "./waited-for.ts";

export interface ResetDependencies extends RepairDependencies {
  wakeLogRequests: () => void;
  interruptLogRequest: (id: number) => void;
}

/** Longer than work on a reset ever pauses, though the clock may have been set meanwhile. */
const UNKNOWN_PAUSE_MS = DAY_MS;

/** The runner's work on a reset: as much of its step as can be done now. */
export function createResetWork(dependencies: ResetDependencies) {
  const { db, clock } = dependencies;

  return async (id: number, signal: AbortSignal): Promise<void> => {
    const found = await findOpenReset(db, id);
    if (!found) return;
    const reset = await keepUpWithClock(db, found, clock());
    const waitedFor = await findWaitedFor(db, reset);
    if (!isDue(reset, waitedFor, clock())) return;
    if (isStillHarmless(reset)) {
      const failure = await whatEnds(reset);
      if (failure) return await end(reset, failure);
      const isAgentNeeded = reset.step === "resetting" || waitedFor.logs === null;
      if (isAgentNeeded && isAgentAbsent(dependencies, reset)) {
        return await noteWaiting(db, "databaseReset", reset, actorOf(reset), clock());
      }
    }
    if (reset.step === "resetting") return await resetDatabase(dependencies, reset, signal);
    if (reset.step === "awaiting_sync") return await followExchange(dependencies, reset, signal);
    const change = await decide(reset, waitedFor);
    if (change) await enterStep(db, reset, change, clock());
  };

  async function whatEnds(reset: FoundReset): Promise<CommandFailure | null> {
    if (!(await mayStillAct(db, reset, clock()))) return RIGHT_LOST;
    const obstacle = await findObstacle(db, reset.posServerId);
    if (obstacle) return { code: obstacle, detail: "" };
    if (!isExpired(reset.expiresAt, clock())) return null;
    if (hasAgentMissed(dependencies, reset)) return AGENT_ABSENT;
    return reset.step === "resetting" ? EXPIRED : null;
  }

  async function end(reset: FoundReset, failure: CommandFailure): Promise<void> {
    const stopped = await endUntouched(db, reset, { step: "failed", failure }, clock());
    if (stopped !== null) dependencies.interruptLogRequest(stopped);
  }

  async function decide(reset: FoundReset, waitedFor: WaitedFor): Promise<StepChange | null> {
    if (reset.step === "fetching_logs") return await fetchLogsFirst(dependencies, reset, waitedFor.logs);
    if (reset.step === "awaiting_start" && isServiceBack(waitedFor, reset.stepAt)) {
      return { step: "awaiting_sync" };
    }
    if (reset.step === "awaiting_decision") {
      return { step: "failed", failure: { code: "no_decision", detail: "" } };
    }
    return { step: "failed", failure: { code: "not_started", detail: reset.failureDetail ?? "" } };
  }
}

/** Nothing was done at the POS server yet; what began there is followed to its end. */
function isStillHarmless({ step, begunAt }: FoundReset): boolean {
  return step === "fetching_logs" || (step === "resetting" && begunAt === null);
}

/**
 * Sets times in the future to now, so that a reset does not wait after the clock was set back. By how much is not known
 * exactly, so that a database that seems older than the reset proves it too.
 * @returns the changed reset.
 */
async function keepUpWithClock(db: Db, reset: FoundReset, now: number): Promise<FoundReset> {
  const { resetAt, followedAt } = reset;
  // In this step the time shows that the clock was set back.
  const begunAt = reset.step === "resetting" ? null : reset.begunAt;
  const lastAt = Math.max(reset.stepAt, begunAt ?? 0, resetAt ?? 0, followedAt ?? 0);
  if (lastAt - now <= MAX_DRIFT_MS) return reset;
  const notAhead = (at: number | null) => (at === null ? null : Math.min(at, now));
  const times = {
    stepAt: Math.min(reset.stepAt, now),
    begunAt: notAhead(begunAt) ?? reset.begunAt,
    resetAt: resetAt === null ? null : Math.min(resetAt, now) - UNKNOWN_PAUSE_MS,
    followedAt: notAhead(followedAt),
  };
  await db
    .updateTable("databaseReset")
    .set(times)
    .where("id", "=", reset.id)
    .where("stepAt", "=", reset.stepAt)
    .where("finishedAt", "is", null)
    .execute();
  return { ...reset, ...times };
}

/** `awaiting_sync`: polls once and decides; the runner repeats it until the reset is finished. */
async function followExchange(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<void> {
  const { db, pollNow, clock } = dependencies;
  // Polls of parked ones are not saved.
  const change: StepChange | null = (await isParked(db, reset.posServerId))
    ? { step: "failed", failure: PARKED }
    : await pollAndDecide();
  if (!change) return;
  await enterStep(db, reset, change, clock());

  async function pollAndDecide(): Promise<StepChange | null> {
    await db.updateTable("databaseReset").set({ followedAt: clock() }).where("id", "=", reset.id).execute();
    const { ok: isReported } = await whileWanted(pollNow(reset.posServerId), signal);
    const status = await db
      .selectFrom("posStatus")
      .select(["state", "lastUpdateAt", "lastSyncAt"])
      .select(["databaseExists", "databaseCreatedAt"])
      .select(["failureCode", "failureDetail", "syncError"])
      .select("serviceStartedAt")
      .where("posServerId", "=", reset.posServerId)
      .executeTakeFirstOrThrow();
    // An earlier report may have times by another clock.
    const syncedAt = isReported ? provingExchange(status, reset.resetAt ?? reset.stepAt) : null;
    if (syncedAt !== null) {
      const run = { commandedAt: reset.begunAt ?? reset.requestedAt, knownAt: reset.stepAt };
      const runsAt = runningSince({ ...run, reportedAt: status.serviceStartedAt }, syncedAt);
      return { step: "done", known: { syncedAt, runsAt } };
    }
    const { resetSyncTimeoutMs } = await readSettings(db);
    if (clock() < reset.stepAt + resetSyncTimeoutMs) return null;
    const lastError = status.failureCode === null ? status.syncError : status.failureDetail;
    return { step: "failed", failure: { code: "no_exchange", detail: lastError ?? "" } };
  }
}
