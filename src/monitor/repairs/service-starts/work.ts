import type { ServiceStartReport } from "../../../protocol/commands.ts";
import type { CallOutcome } from "../../pos-client/client.ts";
import { noteTrouble } from "../../requests/note-trouble.ts";
import { mayStillAct } from "../../viewer/rights.ts";
import {
  type CommandFailure,
  failureOfRefusal,
  RIGHT_LOST,
  reportedFailure,
  troubleOf,
} from "../commands/command-failure.ts";
import { commandIdentity, commandTarget } from "../commands/command-target.ts";
import { type CommandEnd, followCommand } from "../commands/follow-command.ts";
import { reachPosServer } from "../commands/reach.ts";
import type { RepairDependencies } from "../commands/repair-dependencies.ts";
import { untilAborted } from "../commands/until-aborted.ts";
import { type FoundStart, findOpenStart } from "./find-service-starts.ts";
import { finishServiceStart } from "./finish-service-start.ts";

/** What the runner does with a start: tells the POS server, and follows it to the end. */
export function createStartWork(
  dependencies: RepairDependencies,
): (id: number, signal: AbortSignal) => Promise<void> {
  const { db, client, pollNow, clock, pauseMs } = dependencies;

  return async (id, signal) => {
    const start = await findOpenStart(db, id);
    if (!start) return;
    const unreached = start.startedAt === null ? await begin(start, signal) : null;
    const failure = unreached ?? failureOfEnd(await follow(start, signal));
    await finishServiceStart(db, start, failure, clock());
    if (!unreached) await untilAborted(signal, pollNow(start.posServerId));
  };

  /** Asks who is there before anything is sent. @returns why nothing may be. */
  async function begin(start: FoundStart, signal: AbortSignal): Promise<CommandFailure | null> {
    if (!(await mayStillAct(db, start))) return RIGHT_LOST;
    const outcome = await reachPosServer(
      {
        poll: () => pollNow(start.posServerId),
        since: start.requestedAt,
        onFailure: (failure) => noteTrouble(db, { table: "service_start", id: start.id }, failure),
        clock,
        againMs: pauseMs,
      },
      signal,
    );
    if (!outcome.ok) return outcome.failure;
    await db
      .updateTable("service_start")
      .set({ status: "running", started_at: clock(), failure_code: null, failure_detail: null })
      .where("id", "=", start.id)
      .execute();
    return null;
  }

  async function follow(start: FoundStart, signal: AbortSignal): Promise<CommandEnd<ServiceStartReport>> {
    return await followCommand(
      {
        read: async () => {
          const target = await commandTarget(dependencies, start.posServerId);
          if (!target.ok) return target;
          return await untilAborted(signal, client.readServiceStart(target.value, start.idempotencyKey));
        },
        mayBegin: () => mayStillAct(db, start),
        begin: async (): Promise<CallOutcome<ServiceStartReport>> => {
          const target = await commandTarget(dependencies, start.posServerId);
          if (!target.ok) return target;
          const identity = await untilAborted(signal, commandIdentity(dependencies, target.value));
          if (!identity.ok) return identity;
          const order = { posServerId: identity.value };
          return await untilAborted(
            signal,
            client.beginServiceStart(target.value, start.idempotencyKey, order),
          );
        },
        isFinished: ({ step }) => step !== "starting_service",
        onNews: (news) =>
          noteTrouble(
            db,
            { table: "service_start", id: start.id },
            "failure" in news ? troubleOf(news.failure) : null,
          ),
        clock,
        askEveryMs: pauseMs,
      },
      signal,
    );
  }
}

function failureOfEnd(end: CommandEnd<ServiceStartReport>): CommandFailure | null {
  if (end.end === "forbidden") return RIGHT_LOST;
  if (end.end === "refused") return failureOfRefusal(end.failure);
  if (end.end === "unknown") return { code: "outcome_unknown", detail: end.failure?.detail ?? "" };
  return end.report.step === "done" ? null : reportedFailure(end.report.error);
}
