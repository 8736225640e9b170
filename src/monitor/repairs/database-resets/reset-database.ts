import type { DatabaseResetReport, ResetStep } from "../../../protocol/commands.ts";
import { sumOfBytes } from "../../../protocol/field-types.ts";
import { isBelow } from "../../fleet/state.ts";
import type { CallOutcome, StatusOutcome } from "../../pos-client/client.ts";
import { noteTrouble } from "../../requests/note-trouble.ts";
import { mayStillAct } from "../../viewer/rights.ts";
import { failureOfRefusal, RIGHT_LOST, troubleOf } from "../commands/command-failure.ts";
import { commandTarget } from "../commands/command-target.ts";
import { type CommandEnd, followCommand } from "../commands/follow-command.ts";
import { reachPosServer } from "../commands/reach.ts";
import type { RepairDependencies } from "../commands/repair-dependencies.ts";
import { untilAborted } from "../commands/until-aborted.ts";
import { findObstacle } from "./check-reset.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import type { FoundReset } from "./find-database-resets.ts";
import { afterReset } from "./next-step.ts";
import { noteProgress } from "./note-progress.ts";

const FINISHED: readonly ResetStep[] = ["done", "failed"];

/** The step `resetting`: tells the POS server, however often answers get lost, and follows it to the end. */
export async function resetDatabase(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<void> {
  const { db, pollNow, clock } = dependencies;
  const begun = reset.begunAt === null ? await begin() : reset;
  if (!begun) return;

  const end = await follow(dependencies, begun, signal);
  await enterStep(db, begun, await whatFollows(dependencies, begun, end), clock());
  await untilAborted(signal, pollNow(reset.posServerId));

  async function begin(): Promise<FoundReset | null> {
    const failure = await whatForbids(dependencies, reset, signal);
    if (failure) {
      await enterStep(db, reset, { step: "failed", failure }, clock());
      return null;
    }
    const begunAt = clock();
    const { numUpdatedRows } = await db
      .updateTable("database_reset")
      .set({ begun_at: begunAt, failure_code: null, failure_detail: null })
      .where("id", "=", reset.id)
      .where("finished_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows === 1n ? { ...reset, begunAt } : null;
  }
}

/** Asks the POS server who and how it is, right before it is told. */
async function whatForbids(dependencies: RepairDependencies, reset: FoundReset, signal: AbortSignal) {
  const { db, pollNow, fleet, clock, pauseMs } = dependencies;
  const obstacle = await findObstacle(db, reset.posServerId);
  if (obstacle) return { code: obstacle, detail: "" };
  const outcome: StatusOutcome = await reachPosServer(
    {
      poll: () => pollNow(reset.posServerId),
      since: reset.stepAt,
      onFailure: (failure) => noteTrouble(db, { table: "database_reset", id: reset.id }, failure),
      clock,
      againMs: pauseMs,
    },
    signal,
  );
  if (!outcome.ok) return outcome.failure;
  const { posServerId, version } = outcome.report;
  if (posServerId !== reset.identity) return { code: "wrong_pos_server", detail: posServerId };
  const { minimumVersion } = await fleet.stateRules();
  if (isBelow(version, minimumVersion)) return { code: "unsupported", detail: version ?? "" };
  return null;
}

async function follow(
  dependencies: RepairDependencies,
  reset: FoundReset,
  signal: AbortSignal,
): Promise<CommandEnd<DatabaseResetReport>> {
  const { db, client, clock, pauseMs } = dependencies;
  return await followCommand(
    {
      read: async () => {
        const target = await commandTarget(dependencies, reset.posServerId);
        if (!target.ok) return target;
        return await untilAborted(signal, client.readDatabaseReset(target.value, reset.idempotencyKey));
      },
      mayBegin: () => mayStillAct(db, reset),
      begin: async (): Promise<CallOutcome<DatabaseResetReport>> => {
        const target = await commandTarget(dependencies, reset.posServerId);
        if (!target.ok) return target;
        const order = { posServerId: reset.identity, startService: reset.startService === 1 };
        return await untilAborted(
          signal,
          client.beginDatabaseReset(target.value, reset.idempotencyKey, order),
        );
      },
      hasBegun: reset.commandStep !== null,
      isFinished: ({ step }) => FINISHED.includes(step),
      onNews: (news) =>
        "report" in news
          ? noteProgress(dependencies, reset, news.report.step)
          : noteTrouble(db, { table: "database_reset", id: reset.id }, troubleOf(news.failure)),
      clock,
      askEveryMs: pauseMs,
    },
    signal,
  );
}

async function whatFollows(
  { db }: RepairDependencies,
  reset: FoundReset,
  end: CommandEnd<DatabaseResetReport>,
): Promise<StepChange> {
  if (end.end === "forbidden") return { step: "failed", failure: RIGHT_LOST };
  if (end.end === "refused") {
    return { step: "failed", failure: failureOfRefusal(end.failure) };
  }
  if (end.end === "unknown") {
    return { step: "failed", failure: { code: "outcome_unknown", detail: end.failure?.detail ?? "" } };
  }
  const { clockShiftMs } = await db
    .selectFrom("pos_status")
    .select("clock_shift_ms as clockShiftMs")
    .where("pos_server_id", "=", reset.posServerId)
    .executeTakeFirstOrThrow();
  const { step, resetAt, failure } = afterReset(end.report, end.receivedAt, reset, clockShiftMs ?? 0);
  const { movedFiles } = end.report;
  return {
    step,
    failure,
    known: {
      reset_at: resetAt,
      moved_files: JSON.stringify(movedFiles),
      moved_bytes: sumOfBytes(movedFiles.map(({ bytes }) => bytes)),
    },
  };
}
