import type { Db } from "../../database/schema.ts";
import { shareOf } from "../../requests/request-columns.ts";
import { type Claimable, createRunner, type Runner } from "../../requests/runner.ts";
import { endWaiting, noteWaiting, withoutWaiting } from "../../requests/waiting.ts";
import { readPosServerToCall } from "../../restaurants/pos-server-to-call.ts";
import { ArchiveError, type LogFailure } from "../outcome/failure.ts";
import { beginRequest, queueAgain, type RunningRequest, requireRight } from "./begin-request.ts";
import { fetchPlanned } from "./fetch-planned.ts";
import { finishRequest } from "./finish-request.ts";
import { listPendingArchives } from "./pending-archives.ts";
import { checkPosServer, planRequest } from "./plan-request.ts";
import type { WorkContext } from "./work-context.ts";

/** Requests at once, each for another POS server. */
const PLACES = { places: 16, placesEach: 12 };

/** Lists the logs, plans the archives and fetches them; after a restart the pending ones only. */
async function workOnLogRequest(context: WorkContext, id: number, signal: AbortSignal): Promise<void> {
  const { db, clock } = context;
  const request = await beginRequest(db, id, clock());
  if (!request) return;
  try {
    await carryOut(context, request, signal);
    await finishRequest(db, request, null, clock());
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ArchiveError)) throw error;
    if (mayWait(request, error, clock())) {
      await queueAgain(db, id);
      return await noteWaiting(db, "logRequest", request, request.actor, clock());
    }
    await finishRequest(db, request, failureOf(request, error), clock());
  }
}

async function carryOut(context: WorkContext, request: RunningRequest, signal: AbortSignal): Promise<void> {
  const { db, secretBox } = context;
  await requireRight(db, request, context.clock());
  const called = await readPosServerToCall(db, secretBox, request.posServerId);
  if (called.isParked) throw new ArchiveError("parked", "");
  if (!called.ok) throw new ArchiveError(called.failure.code, called.failure.detail);
  const { posServer } = called;
  if (!request.isPlanned || (await listPendingArchives(db, request.id)).length > 0) {
    const status = await checkPosServer(context, posServer, signal);
    await endWaiting(db, "logRequest", request.id);
    if (!request.isPlanned) await planRequest(context, request, posServer, status, signal);
  }
  await fetchPlanned(context, request, posServer, signal);
}

function mayWait({ expiresAt }: RunningRequest, { failure }: ArchiveError, now: number): boolean {
  return failure.code === "not_connected" && expiresAt !== null && now < expiresAt;
}

function failureOf({ waitsSince }: RunningRequest, { failure }: ArchiveError): LogFailure {
  return failure.code === "not_connected" && waitsSince !== null
    ? { code: "agent_absent", detail: "" }
    : failure;
}

export function createLogRequestRunner(context: WorkContext): Runner {
  const { db, client, log, clock, monotonicClock } = context;
  return createRunner({
    db,
    table: "logRequest",
    ...PLACES,
    listClaimable: async () =>
      await withoutWaiting(db, "logRequest", await listOldestOpen(db), client.agents, clock()),
    work: (id, signal) => workOnLogRequest(context, id, signal),
    log,
    monotonicClock,
  });
}

async function listOldestOpen(db: Db): Promise<Claimable[]> {
  const rows = await db
    .selectFrom("logRequest")
    // The other columns are of the row with the least id.
    .select(({ fn }) => [fn.min("id").as("oldestId"), "userId", "userLogin"])
    .where("finishedAt", "is", null)
    .groupBy("posServerId")
    .orderBy("oldestId")
    .execute();
  return rows.map(({ oldestId, ...row }) => ({ id: oldestId, share: shareOf(row) }));
}
