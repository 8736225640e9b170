import type { Readable } from "node:stream";
import type { WantedLog } from "../../../protocol/logs.ts";
import type { PosServer } from "../../pos-client/client.ts";
import { type Pace, startPace } from "../../requests/pace.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { type LeftOutFile, takenBytes } from "../outcome/stored-files.ts";
import { requireStore } from "../store/marker.ts";
import { newArchivePath, PART_SUFFIX } from "../store/paths.ts";
import { makeFolder, partOf, placePart, removeStored, requireSpace } from "../store/store.ts";
import { verifyPart } from "../store/verify-part.ts";
import { type WrittenPart, writePart } from "../store/write-part.ts";
import type { RunningRequest } from "./begin-request.ts";
import type { FetchedArchive, PendingArchive } from "./pending-archives.ts";
import type { Progress } from "./progress.ts";
import { requireRight } from "./require-right.ts";
import { pause } from "./timing.ts";
import type { RequestContext, WorkContext } from "./work-context.ts";

/** Beyond what is planned, for what is written meanwhile and what a zip needs itself. */
const EXTRA_BYTES = 1024 * 1024;
const USUAL_RETRY_AFTER_MS = 5_000;
const MAX_RETRY_AFTER_MS = 60_000;
/** Of logs: a stream that goes on, but slower, holds a place for longer than anybody waits. */
const MIN_BYTES_PER_SECOND = 16 * 1024;
const MIN_DEADLINE_MS = 10 * 60_000;
/** A stream that brings less within a minute does not come to an end: a GPRS modem brings three times as much. */
const TOO_SLOW = { ticks: 60, leastBytes: 60 * 1024 };
const TOO_SLOW_DETAIL = `less than ${TOO_SLOW.leastBytes} bytes within ${TOO_SLOW.ticks} s`;
/** The tail of a file may begin with its first whole line. */
const MAX_LINE_BYTES = 64 * 1024;

export interface ArchiveToFetch {
  request: RunningRequest;
  archive: PendingArchive;
  posServer: PosServer;
  progress: Progress;
  /** Lets one stream of the request come at a time, so that one comes while another is verified. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Fetches one archive, verifies it and puts it in its place. Whatever fails, no part of it stays in the store.
 * @throws ArchiveError
 */
export async function fetchArchive(
  context: RequestContext,
  wanted: ArchiveToFetch,
  signal: AbortSignal,
): Promise<FetchedArchive> {
  const { store, log } = context;
  const { request, archive, progress, inTurn } = wanted;
  const path = newArchivePath({ ...request, ...archive, archiveId: archive.id });
  const order = orderOf(archive);
  const maxBytes = archive.logBytes + EXTRA_BYTES;
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
  }
}

interface Part {
  path: string;
  order: WantedLog[];
  maxBytes: number;
}

async function receivePart(
  context: RequestContext,
  { request, archive, posServer, progress }: ArchiveToFetch,
  { path, order, maxBytes }: Part,
  signal: AbortSignal,
): Promise<WrittenPart> {
  const { db, store, timing } = context;
  await requireRight(db, request);
  await requireStore(db, store);
  await requireSpace(store, archive.logBytes);
  await makeFolder(store, path);
  const deadline = startDeadline(deadlineMs(context, archive));
  const tooSlow = new AbortController();
  const ending = AbortSignal.any([signal, deadline.signal, tooSlow.signal]);
  let pace: Pace | null = null;
  try {
    const source = await openWhenFree(context, posServer, order, ending);
    const onBelow = () => tooSlow.abort(new ArchiveError("too_slow", TOO_SLOW_DETAIL));
    pace = startPace({ tickMs: timing.paceTickMs, ...TOO_SLOW, onBelow, within: context.pace });
    const onProgress = (zipBytes: number) => progress.advance(archive, zipBytes);
    const options = { store, maxBytes, signal: ending, pace, onProgress };
    return await writePart(source, partOf(store, path), options);
  } finally {
    pace?.stop();
    clearTimeout(deadline.timer);
  }
}

/** After a failure no file is asked for beyond its planned size, in case that one has grown by too much. */
function orderOf({ files, attempts }: PendingArchive): WantedLog[] {
  return files.map(({ name, bytes, tailBytes }) =>
    attempts > 0 || tailBytes !== undefined ? { name, tailBytes: tailBytes ?? bytes } : { name },
  );
}

async function openWhenFree(
  { client, timing, pace }: RequestContext,
  posServer: PosServer,
  order: WantedLog[],
  signal: AbortSignal,
): Promise<Readable> {
  let waitedMs = 0;
  for (;;) {
    const outcome = await pace.waiting(client.openLogArchive(posServer, order, signal));
    if (outcome.ok) return outcome.value;
    const { code, detail, status, retryAfterMs } = outcome.failure;
    if (status !== 503) throw new ArchiveError(code, detail);
    const waitMs = Math.min(retryAfterMs ?? USUAL_RETRY_AFTER_MS, MAX_RETRY_AFTER_MS);
    waitedMs += Math.max(waitMs, 1_000);
    if (waitedMs > timing.busyPatienceMs) throw new ArchiveError("busy", detail);
    await pace.waiting(pause(waitMs, signal));
  }
}

/** Counts what is in the zip, whatever was planned. @throws ArchiveError `nothing_came` */
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

function deadlineMs({ timing }: WorkContext, { logBytes }: PendingArchive): number {
  return MIN_DEADLINE_MS + timing.busyPatienceMs + (logBytes / MIN_BYTES_PER_SECOND) * 1000;
}

function startDeadline(ms: number): { signal: AbortSignal; timer: NodeJS.Timeout } {
  const ending = new AbortController();
  const error = new ArchiveError(
    "response_timeout",
    `archive not complete within ${Math.round(ms / 1000)} s`,
  );
  return { signal: ending.signal, timer: setTimeout(() => ending.abort(error), ms) };
}
