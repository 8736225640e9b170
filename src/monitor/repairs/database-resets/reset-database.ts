import type { DatabaseResetReport, ResetStep } from "../../../protocol/commands.ts";
import { sumOfBytes } from "../../../protocol/field-types.ts";
import type { Db } from "../../database/schema.ts";
import { isBelow } from "../../fleet/state.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { WorkEndedError } from "../../requests/runner.ts";
import { endWaiting, noteTrouble, noteWaiting } from "../../requests/waiting.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import { type CommandFailure, failureOfRefusal, troubleOf } from "../commands/command-failure.ts";
import { callPosServer, expiryByItsClock, whatForbids } from "../commands/command-target.ts";
import { type CommandEnd, followCommand, wasNotSent } from "../commands/follow-command.ts";
import { isAgentAway, reachPosServer } from "../commands/reach.ts";
import type { RepairDependencies } from "../commands/repair-dependencies.ts";
import { afterReset } from "./after-reset.ts";
import { findObstacle } from "./check-reset.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import type { FoundReset } from "./find-database-resets.ts";

const FINISHED: readonly ResetStep[] = ["done", "failed"];

/** `resetting`: sends the command, even if answers get lost, and follows it to its end. */
export async function resetDatabase(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<void> {
  const { db, pollNow, clock } = dependencies;
  if (reset.begunAt === null) {
    const failure = await whatHinders(dependencies, reset, signal);
    if (failure && isAgentAway(failure, reset.expiresAt)) return await wait();
    if (failure) {
      await enterStep(db, reset, { step: "failed", failure }, clock());
      return;
    }
    await endWaiting(db, "databaseReset", reset.id);
  }

  const sent = { ...reset };
  const end = await follow(dependencies, sent, signal);
  if (end.end === "waits") return await wait();
  await enterStep(db, reset, await whatFollows(dependencies, sent, end), clock());
  await whileWanted(pollNow(reset.posServerId), signal);

  async function wait(): Promise<void> {
    await noteWaiting(db, "databaseReset", reset, actorOf(reset), clock());
  }
}

/** @throws WorkEndedError when the reset is finished, such as cancelled. */
async function noteBegun(db: Db, id: number, begunAt: number | null): Promise<number | null> {
  const { numUpdatedRows } = await db
    .updateTable("databaseReset")
    .set({ begunAt, failureCode: null, failureDetail: null })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new WorkEndedError("the reset is finished");
  return begunAt;
}

/** @returns why the command may not be sent. */
async function whatHinders(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<CommandFailure | null> {
  const outcome = await reachPosServer(dependencies, "databaseReset", reset, reset.stepAt, signal);
  if (!outcome.ok) return outcome.failure;
  const { posServerId, version, agent } = outcome.report;
  if (reset.agentMachine !== null && agent?.machine !== reset.agentMachine)
    return { code: "other_agent", detail: "" };
  if (posServerId !== reset.identity) return { code: "wrong_pos_server", detail: posServerId };
  const { minimumVersion } = await dependencies.fleet.stateRules();
  if (isBelow(version, minimumVersion)) return { code: "unsupported", detail: version ?? "" };
  return null;
}

/** @param reset its `begunAt` is kept up to date. */
async function follow(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<CommandEnd<DatabaseResetReport>> {
  const { db, client, clock, pauseMs } = dependencies;
  return await followCommand(
    {
      read: () =>
        callPosServer(dependencies, reset.posServerId, (posServer) =>
          whileWanted(client.readDatabaseReset(posServer, reset.idempotencyKey), signal),
        ),
      whatForbids: async () => {
        const obstacle = await findObstacle(db, reset.posServerId);
        return obstacle ? { code: obstacle, detail: "" } : await whatForbids(dependencies, reset);
      },
      begin: () =>
        callPosServer(dependencies, reset.posServerId, async (posServer) => {
          const { identity: posServerId, agentMachine, idempotencyKey } = reset;
          const bound = agentMachine === null ? {} : { machine: agentMachine };
          const order = { posServerId, startService: reset.startService === 1, ...bound };
          const notAfter = await expiryByItsClock(dependencies, reset);
          const wasSent = reset.begunAt !== null;
          if (!wasSent) reset.begunAt = await noteBegun(db, reset.id, clock());
          const begun = client.beginDatabaseReset(posServer, idempotencyKey, order, notAfter);
          const outcome = await whileWanted(begun, signal);
          if (!wasSent && wasNotSent(outcome)) reset.begunAt = await noteBegun(db, reset.id, null);
          return outcome;
        }),
      waitsFor: (failure) => reset.begunAt === null && isAgentAway(failure, reset.expiresAt),
      hasBegun: reset.commandStep !== null,
      isFinished: ({ step }) => FINISHED.includes(step),
      onNews: (news) =>
        "report" in news
          ? noteProgress(db, reset.id, news.report.step)
          : noteTrouble(db, "databaseReset", reset.id, troubleOf(news.failure)),
      clock,
      askEveryMs: pauseMs,
    },
    signal,
  );
}

async function whatFollows(
  { db }: RepairDependencies,
  reset: FoundReset,
  end: Exclude<CommandEnd<DatabaseResetReport>, { end: "waits" }>,
): Promise<StepChange> {
  if (end.end === "forbidden") return { step: "failed", failure: end.failure };
  if (end.end === "refused") return { step: "failed", failure: failureOfRefusal(end.failure) };
  if (end.end === "unknown") {
    return { step: "failed", failure: { code: "outcome_unknown", detail: end.failure?.detail ?? "" } };
  }
  const { clockShiftMs } = await db
    .selectFrom("posStatus")
    .select("clockShiftMs")
    .where("posServerId", "=", reset.posServerId)
    .executeTakeFirstOrThrow();
  const { step, resetAt, failure } = afterReset(end.report, end.receivedAt, reset, clockShiftMs ?? 0);
  const { movedFiles } = end.report;
  return {
    step,
    failure,
    known: {
      resetAt,
      movedFiles: JSON.stringify(movedFiles),
      movedBytes: sumOfBytes(movedFiles.map(({ bytes }) => bytes)),
    },
  };
}

async function noteProgress(db: Db, id: number, commandStep: ResetStep): Promise<void> {
  await db
    .updateTable("databaseReset")
    .set({ commandStep, failureCode: null, failureDetail: null })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .execute();
}
