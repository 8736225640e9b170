import type { ServiceStartReport } from "../../../protocol/commands.ts";
import type { Db } from "../../database/schema.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { WorkEndedError } from "../../requests/runner.ts";
import { endWaiting, isExpired, noteWaiting } from "../../requests/waiting.ts";
import { isParked } from "../../restaurants/park-pos-server.ts";
import { mayStillAct } from "../../viewer/access.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import {
  AGENT_ABSENT,
  type CommandFailure,
  EXPIRED,
  PARKED,
  RIGHT_LOST,
  reportedFailure,
} from "../commands/command-failure.ts";
import {
  hasAgentMissed,
  isAgentAbsent,
  isAgentAway,
  type RepairDependencies,
  reachPosServer,
  whatForbids,
} from "../commands/command-target.ts";
import { type CommandEnd, followCommand } from "../commands/follow-command.ts";
import { type FoundStart, findOpenStart } from "./find-service-starts.ts";
import { finishServiceStart } from "./finish-service-start.ts";

type Ended = Exclude<CommandEnd<ServiceStartReport>, { end: "waits" }>;

/** The runner's work on a start: sends the command, and follows it to its end. */
export function createStartWork(dependencies: RepairDependencies) {
  const { db, client, pollNow, clock } = dependencies;

  return async (id: number, signal: AbortSignal): Promise<void> => {
    const start = await findOpenStart(db, id);
    if (!start) return;
    const unreached = start.startedAt === null ? await reach(start, signal) : null;
    if (unreached && isAgentAway(unreached, start.expiresAt)) return await wait(start);
    if (unreached) return await finishServiceStart(db, start, unreached, clock());
    const end = await follow(start, signal);
    if (end.end === "waits") return await wait(start);
    await finishServiceStart(db, start, failureOfEnd(end), clock());
    await whileWanted(pollNow(start.posServerId), signal);
  };

  /** @returns why the command may not be sent. */
  async function reach(start: FoundStart, signal: AbortSignal): Promise<CommandFailure | null> {
    if (!(await mayStillAct(db, start, clock()))) return RIGHT_LOST;
    if (isExpired(start.expiresAt, clock()))
      return hasAgentMissed(dependencies, start) ? AGENT_ABSENT : EXPIRED;
    const isAbsent = isAgentAbsent(dependencies, start);
    const isWaiting = isAbsent || start.waitsSince !== null;
    if (isWaiting && (await isParked(db, start.posServerId))) return PARKED;
    if (isAbsent) return { code: "not_connected", detail: "" };
    const outcome = await reachPosServer(dependencies, "serviceStart", start, start.requestedAt, signal);
    if (!outcome.ok) return outcome.failure;
    await endWaiting(db, "serviceStart", start.id);
    return null;
  }

  async function wait(start: FoundStart): Promise<void> {
    await noteWaiting(db, "serviceStart", start, actorOf(start), clock());
  }

  async function follow(start: FoundStart, signal: AbortSignal): Promise<CommandEnd<ServiceStartReport>> {
    const [begin, read] =
      start.isRestart === 1
        ? [client.beginServiceRestart, client.readServiceRestart]
        : [client.beginServiceStart, client.readServiceStart];
    return await followCommand(
      dependencies,
      {
        table: "serviceStart",
        row: start,
        begunAt: start.startedAt,
        noteBegun: (at) => noteBegun(db, start.id, at),
        noteStep: (commandStep) =>
          db.updateTable("serviceStart").set({ commandStep }).where("id", "=", start.id).execute(),
        identity: null,
        whatForbids: () => whatForbids(dependencies, start),
        begin: (posServer, posServerId, notAfter) =>
          begin(posServer, start.idempotencyKey, { posServerId }, notAfter),
        read,
      },
      signal,
    );
  }
}

async function noteBegun(db: Db, id: number, startedAt: number | null): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("serviceStart")
    .set({
      status: startedAt === null ? "queued" : "running",
      startedAt,
      failureCode: null,
      failureDetail: null,
    })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new WorkEndedError("the start is finished");
}

function failureOfEnd(end: Ended): CommandFailure | null {
  if (end.end === "failed") return end.failure;
  return end.report.step === "done" ? null : reportedFailure(end.report.error);
}
