import type { PosServer } from "../../pos-client/client.ts";
import { readPosServerToCall } from "../../pos-servers/pos-server-to-call.ts";
import { ArchiveError, endsRequest } from "../failure.ts";
import { removeStored } from "../store/store.ts";
import { beginRequest, type RunningRequest } from "./begin-request.ts";
import { fetchArchive } from "./fetch-archive.ts";
import { finishRequest } from "./finish-request.ts";
import { checkPosServer, planRequest } from "./plan-request.ts";
import {
  listPlannedRows,
  type PlannedRow,
  saveFailed,
  saveFailedAttempt,
  saveFetched,
} from "./planned-rows.ts";
import { createProgress, type Progress } from "./progress.ts";
import { withRetries } from "./with-retries.ts";
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
  const { posServer } = await readPosServerToCall(db, secretBox, request.posServerId);
  if (!request.isPlanned || (await listPlannedRows(db, request.id)).length > 0) {
    const status = await checkPosServer(context, posServer, signal);
    if (!request.isPlanned) await planRequest(context, request, posServer, status, signal);
  }
  const progress = createProgress(context, request.id);
  for (const archive of await listPlannedRows(db, request.id)) {
    await fetchOrGiveUp(context, { request, archive, posServer, progress }, signal);
  }
}

interface Step {
  request: RunningRequest;
  archive: PlannedRow;
  posServer: PosServer;
  progress: Progress;
}

async function fetchOrGiveUp(
  context: WorkContext,
  { request, archive, posServer, progress }: Step,
  signal: AbortSignal,
): Promise<void> {
  const { db, store, timing, clock } = context;
  const onProgress = (zipBytes: number) => progress.advance(archive, zipBytes);
  try {
    const fetched = await withRetries(
      () => fetchArchive(context, { request, archive, posServer, onProgress }, signal),
      {
        pausesMs: timing.retryPausesMs.slice(archive.attempts),
        signal,
        onFailure: (failure) => saveFailedAttempt(db, archive, failure),
      },
    );
    await saveFetched(db, archive, fetched, clock()).catch(async (error) => {
      await removeStored(store, fetched.path);
      throw error;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ArchiveError) || endsRequest(error.failure)) throw error;
    await saveFailed(db, archive, clock());
  }
}
