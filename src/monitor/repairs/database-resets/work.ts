import type { Db } from "../../database/schema.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { isExpired, MAX_DRIFT_MS, noteWaiting } from "../../requests/waiting.ts";
import { mayStillAct } from "../../viewer/rights.ts";
import { hasAgentMissed, isAgentAbsent } from "../commands/agent-to-command.ts";
import { AGENT_ABSENT, type CommandFailure, EXPIRED, RIGHT_LOST } from "../commands/command-failure.ts";
import type { RepairDependencies } from "../commands/repair-dependencies.ts";
import { endUnnotified } from "./cancel-reset.ts";
import { findObstacle } from "./check-reset.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import { fetchLogsFirst } from "./fetch-logs-first.ts";
import { type FoundReset, findOpenReset } from "./find-database-resets.ts";
import { followExchange } from "./follow-exchange.ts";
import { isDue, isServiceBack } from "./is-due.ts";
import { resetDatabase } from "./reset-database.ts";
import { findWaitedFor, type WaitedFor } from "./waited-for.ts";

export interface ResetDependencies extends RepairDependencies {
  /** Tells the runner of log requests that there is a new one. */
  wakeLogRequests: () => void;
  /** Tells it that one was ended. */
  interruptLogRequest: (id: number) => void;
}

/** Longer than any pause between the last work on a reset and the next, through which nobody knows what the clock did. */
const UNKNOWN_PAUSE_MS = 24 * 60 * 60_000;

/** What the runner does with a reset: as much of its step as can be done now. */
export function createResetWork(
  dependencies: ResetDependencies,
): (id: number, signal: AbortSignal) => Promise<void> {
  const { db, clock } = dependencies;

  return async (id, signal) => {
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
    if (!change) return;
    await enterStep(db, reset, change, clock());
  };

  async function whatEnds(reset: FoundReset): Promise<CommandFailure | null> {
    if (!(await mayStillAct(db, reset))) return RIGHT_LOST;
    const obstacle = await findObstacle(db, reset.posServerId);
    if (obstacle) return { code: obstacle, detail: "" };
    if (!isExpired(reset.expiresAt, clock())) return null;
    if (hasAgentMissed(dependencies, reset)) return AGENT_ABSENT;
    return reset.step === "resetting" ? EXPIRED : null;
  }

  async function end(reset: FoundReset, failure: CommandFailure): Promise<void> {
    const stopped = await endUnnotified(db, reset, { step: "failed", failure }, clock());
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

/** Whether the next thing done would be the first one to the POS server; what has begun there is followed to its end. */
function isStillHarmless({ step, begunAt }: FoundReset): boolean {
  return step === "fetching_logs" || (step === "resetting" && begunAt === null);
}

/**
 * Brings times of an open reset that lie ahead back to now: the clock was set back since, and nothing of it may be
 * waited for until the clock comes there again. By how much is not known exactly, so that a database which seems to be
 * older than the reset proves it as well. The steps that are listed keep their times.
 * @returns the reset as it stands then.
 */
async function keepUpWithClock(db: Db, reset: FoundReset, now: number): Promise<FoundReset> {
  const { resetAt, followedAt } = reset;
  // Until the POS server has told when it did so, this is how the clock is known to have been set back.
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
    .set({
      stepAt: times.stepAt,
      begunAt: times.begunAt,
      resetAt: times.resetAt,
      followedAt: times.followedAt,
    })
    .where("id", "=", reset.id)
    .where("stepAt", "=", reset.stepAt)
    .where("finishedAt", "is", null)
    .execute();
  return { ...reset, ...times };
}
