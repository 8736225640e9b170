import type { DatabaseResetReport } from "../../../protocol/commands.ts";
import { sumOfBytes } from "../../../protocol/field-types.ts";
import type { Db } from "../../database/schema.ts";
import { isBelow } from "../../fleet/state.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { WorkEndedError } from "../../requests/runner.ts";
import { endWaiting, noteWaiting } from "../../requests/waiting.ts";
import { readItsClock } from "../../restaurants/pos-server-clock.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import type { CommandFailure } from "../commands/command-failure.ts";
import {
  isAgentAway,
  type RepairDependencies,
  reachPosServer,
  whatForbids,
} from "../commands/command-target.ts";
import { type CommandEnd, followCommand } from "../commands/follow-command.ts";
import { afterReset } from "./after-reset.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import type { FoundReset } from "./find-database-resets.ts";
import { findObstacle } from "./request-database-reset.ts";

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

  const end = await follow(dependencies, reset, signal);
  if (end.end === "waits") return await wait();
  await enterStep(db, reset, await whatFollows(dependencies, reset, end), clock());
  await whileWanted(pollNow(reset.posServerId), signal);

  async function wait(): Promise<void> {
    await noteWaiting(db, "databaseReset", reset, actorOf(reset), clock());
  }
}

async function noteBegun(db: Db, id: number, begunAt: number | null): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("databaseReset")
    .set({ begunAt, failureCode: null, failureDetail: null })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new WorkEndedError("the reset is finished");
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

async function follow(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<CommandEnd<DatabaseResetReport>> {
  const { db, client } = dependencies;
  const { id, posServerId, identity, agentMachine, idempotencyKey: key, begunAt } = reset;
  const bound = agentMachine === null ? {} : { machine: agentMachine };
  return await followCommand(
    dependencies,
    {
      table: "databaseReset",
      row: reset,
      begunAt,
      noteBegun: (at) => noteBegun(db, id, at),
      noteStep: (commandStep) =>
        db.updateTable("databaseReset").set({ commandStep }).where("id", "=", id).execute(),
      identity,
      whatForbids: async () => {
        const obstacle = await findObstacle(db, posServerId);
        return obstacle ? { code: obstacle, detail: "" } : await whatForbids(dependencies, reset);
      },
      begin: (posServer, identity, notAfter) => {
        const order = { posServerId: identity, startService: reset.startService === 1, ...bound };
        return client.beginDatabaseReset(posServer, key, order, notAfter);
      },
      read: client.readDatabaseReset,
    },
    signal,
  );
}

async function whatFollows(
  { db }: RepairDependencies,
  reset: FoundReset,
  end: Exclude<CommandEnd<DatabaseResetReport>, { end: "waits" }>,
): Promise<StepChange> {
  if (end.end === "failed") return { step: "failed", failure: end.failure };
  const { clockShiftMs } = await readItsClock(db, reset.posServerId);
  const { step, resetAt, failure } = afterReset(
    end.report,
    end.receivedAt,
    { ...reset, begunAt: end.begunAt },
    clockShiftMs ?? 0,
  );
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
