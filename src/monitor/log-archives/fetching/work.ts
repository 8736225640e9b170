import { readPosServerToCall } from "../../fleet/pos-server-to-call.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { beginRequest, type RunningRequest } from "./begin-request.ts";
import { fetchPlanned } from "./fetch-planned.ts";
import { finishRequest } from "./finish-request.ts";
import { listPendingArchives } from "./pending-archives.ts";
import { checkPosServer, planRequest } from "./plan-request.ts";
import { requireRight } from "./require-right.ts";
import type { WorkContext } from "./work-context.ts";

/**
 * Works on one log request to its end: lists the logs, plans the archives, fetches one after another. After a restart it
 * goes on with those that are missing.
 */
export async function workOnLogRequest(context: WorkContext, id: number, signal: AbortSignal): Promise<void> {
  const { db, clock } = context;
  const request = await beginRequest(db, id, clock());
  if (!request) return;
  try {
    await carryOut(context, request, signal);
    await finishRequest(db, request, null, clock());
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ArchiveError)) throw error;
    await finishRequest(db, request, error.failure, clock());
  }
}

async function carryOut(context: WorkContext, request: RunningRequest, signal: AbortSignal): Promise<void> {
  const { db, secretBox } = context;
  await requireRight(db, request);
  const called = await readPosServerToCall(db, secretBox, request.posServerId);
  if (!called.ok) throw new ArchiveError(called.failure.code, called.failure.detail);
  const { posServer } = called;
  if (!request.isPlanned || (await listPendingArchives(db, request.id)).length > 0) {
    const status = await checkPosServer(context, posServer, signal);
    if (!request.isPlanned) await planRequest(context, request, posServer, status, signal);
  }
  await fetchPlanned(context, request, posServer, signal);
}
