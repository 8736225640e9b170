import pLimit from "p-limit";
import type { WantedLog } from "../../../protocol/logs.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import { ArchiveError, endsRequest } from "../outcome/failure.ts";
import { type LeftOutFile, takenBytes } from "../outcome/stored-files.ts";
import { newArchivePath, PART_SUFFIX } from "../store/paths.ts";
import { partOf, placePart, removeStored } from "../store/store.ts";
import { verifyPart } from "../store/verify-part.ts";
import type { RunningRequest } from "./begin-request.ts";
import {
  type FetchedArchive,
  listPendingArchives,
  type PendingArchive,
  saveFailed,
  saveFailedAttempt,
  saveFetched,
} from "./pending-archives.ts";
import { createProgress } from "./progress.ts";
import { type ArchiveToFetch, receivePart } from "./receive-part.ts";
import type { WorkContext } from "./work-context.ts";
import { withRetries } from "./work-context.ts";

/** Allowed beyond the plan, for what is written meanwhile and the zip itself. */
const EXTRA_BYTES = 1024 * 1024;
/** The tail of a file may be shorter, since it begins with a whole line. */
const MAX_LINE_BYTES = 64 * 1024;
/** One is downloaded while another is verified. */
const CONCURRENT_ARCHIVES = 2;

/**
 * An archive that fails is given up.
 * @throws ArchiveError of the first failure that ends the request; fetched archives stay.
 */
export async function fetchPlanned(
  context: WorkContext,
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
  context: WorkContext,
  wanted: ArchiveToFetch,
  signal: AbortSignal,
  ended: AbortSignal,
): Promise<void> {
  const { db, store, timing, clock } = context;
  const { archive } = wanted;
  try {
    const fetched = await withRetries(() => fetchArchive(context, wanted, signal), {
      pausesMs: timing.retryPausesMs.slice(archive.attempts),
      signal: ended,
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

/** If anything fails, no part of the archive stays in the store. @throws ArchiveError */
async function fetchArchive(
  context: WorkContext,
  wanted: ArchiveToFetch,
  signal: AbortSignal,
): Promise<FetchedArchive> {
  const { store, log } = context;
  const { request, archive, progress, inTurn } = wanted;
  const path = newArchivePath({ ...request, ...archive, archiveId: archive.id });
  const order = orderOf(archive);
  const maxBytes = archive.logBytes + EXTRA_BYTES;
  store.coming.add(path + PART_SUFFIX);
  try {
    const written = await inTurn(() => receivePart(context, wanted, { path, order, maxBytes }, signal));
    const names = new Set(order.map(({ name }) => name));
    const bytesByName = await verifyPart(partOf(store, path), { names, maxBytes, signal });
    const received = countReceived(archive, bytesByName);
    await placePart(store, path);
    progress.arrive(archive, { zipBytes: written.zipBytes, logBytes: received.logBytes });
    return { path, ...written, ...received, leftOut: findLeftOut(archive, order, bytesByName) };
  } catch (error) {
    await removeStored(store, path + PART_SUFFIX).catch((err) =>
      log.warn({ err, path }, "What came of an archive could not be removed"),
    );
    throw error;
  } finally {
    store.coming.delete(path + PART_SUFFIX);
  }
}

/** After a failure, files are limited to their planned size, in case one has grown too much. */
function orderOf({ files, attempts }: PendingArchive): WantedLog[] {
  return files.map(({ name, bytes, tailBytes }) =>
    attempts > 0 || tailBytes !== undefined ? { name, tailBytes: tailBytes ?? bytes } : { name },
  );
}

/** @throws ArchiveError `nothing_came` */
function countReceived({ logBytes: plannedBytes }: PendingArchive, bytesByName: ReadonlyMap<string, number>) {
  const logFiles = bytesByName.size;
  const logBytes = [...bytesByName.values()].reduce((sum, bytes) => sum + bytes, 0);
  const isEmpty = logFiles === 0 || (logBytes === 0 && plannedBytes > 0);
  if (isEmpty) throw new ArchiveError("nothing_came", "");
  return { logFiles, logBytes };
}

function findLeftOut(
  { files }: PendingArchive,
  order: WantedLog[],
  bytesByName: ReadonlyMap<string, number>,
): LeftOutFile[] {
  const asTail = new Set(order.filter(({ tailBytes }) => tailBytes !== undefined).map(({ name }) => name));
  return files.flatMap((file): LeftOutFile[] => {
    const { name } = file;
    const received = bytesByName.get(name);
    if (received === undefined) return [{ name, bytes: takenBytes(file), reason: "unreadable" }];
    const missing = takenBytes(file) - received;
    const isWhole = missing <= (asTail.has(name) ? MAX_LINE_BYTES : 0);
    return isWhole ? [] : [{ name, bytes: missing, reason: "incomplete" }];
  });
}
