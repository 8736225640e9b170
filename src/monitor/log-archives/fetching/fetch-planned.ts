import pLimit from "p-limit";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import { ArchiveError, endsRequest } from "../outcome/failure.ts";
import { removeStored } from "../store/store.ts";
import type { RunningRequest } from "./begin-request.ts";
import { fetchArchive } from "./fetch-archive.ts";
import { listPendingArchives, saveFailed, saveFailedAttempt, saveFetched } from "./pending-archives.ts";
import { createProgress } from "./progress.ts";
import type { ArchiveToFetch } from "./receive-part.ts";
import { withRetries } from "./timing.ts";
import type { RequestContext } from "./work-context.ts";

/** One is downloaded while another is verified. */
const CONCURRENT_ARCHIVES = 2;

/**
 * An archive that fails is given up.
 * @throws ArchiveError of the first failure that ends the request; fetched archives stay.
 */
export async function fetchPlanned(
  context: RequestContext,
  request: RunningRequest,
  posServer: PosServer,
  signal: AbortSignal,
): Promise<void> {
  const progress = await createProgress(context, request.id);
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  const inHand = pLimit(CONCURRENT_ARCHIVES);
  const turns = pLimit(1);
  const inTurn: ArchiveToFetch["inTurn"] = (work) =>
    turns(async () => {
      ended.throwIfAborted();
      return await work().catch((error) => {
        if (isEnding(error)) ending.abort(error); // before the next one has its turn
        throw error;
      });
    });
  const archives = await listPendingArchives(context.db, request.id);
  const fetches = archives.map((archive) =>
    inHand(async () => {
      if (ended.aborted) return;
      await fetchOrGiveUp(context, { request, archive, posServer, progress, inTurn }, signal, ended);
    }).catch((error) => ending.abort(error)),
  );
  await Promise.all(fetches);
  ended.throwIfAborted();
}

async function fetchOrGiveUp(
  context: RequestContext,
  wanted: ArchiveToFetch,
  signal: AbortSignal,
  ended: AbortSignal,
): Promise<void> {
  const { db, store, timing, pace, clock } = context;
  const { archive } = wanted;
  try {
    const fetched = await withRetries(() => fetchArchive(context, wanted, signal), {
      pausesMs: timing.retryPausesMs.slice(archive.attempts),
      signal: ended,
      pace,
      onFailure: (failure) => saveFailedAttempt(db, archive, failure),
    });
    await saveFetched(db, archive, fetched, clock()).catch(async (error) => {
      await removeStored(store, fetched.path);
      throw error;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ArchiveError) || isEnding(error)) throw error;
    await saveFailed(db, archive, error.failure, clock());
  }
}

function isEnding(error: unknown): boolean {
  return error instanceof ArchiveError && endsRequest(error.failure);
}
