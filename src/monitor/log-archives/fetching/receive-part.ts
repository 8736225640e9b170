import type { Readable } from "node:stream";
import type { WantedLog } from "../../../protocol/logs.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import { type Pace, startPace } from "../../requests/pace.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { requireStore } from "../store/marker.ts";
import { makePart, partOf, requireSpace } from "../store/store.ts";
import { type WrittenPart, writePart } from "../store/write-part.ts";
import { type RunningRequest, requireRight } from "./begin-request.ts";
import type { PendingArchive } from "./pending-archives.ts";
import type { Progress } from "./progress.ts";
import { pause } from "./timing.ts";
import type { RequestContext } from "./work-context.ts";

const USUAL_RETRY_AFTER_MS = 5_000;
const MAX_RETRY_AFTER_MS = 60_000;
/** Of logs: a stream that goes on, but slower, holds a place for longer than anybody waits. */
const MIN_BYTES_PER_SECOND = 16 * 1024;
const MIN_DEADLINE_MS = 10 * 60_000;
/** A stream that brings less within a minute does not come to an end: a GPRS modem brings three times as much. */
const TOO_SLOW = { ticks: 60, leastBytes: 60 * 1024 };
const TOO_SLOW_DETAIL = `less than ${TOO_SLOW.leastBytes} bytes within ${TOO_SLOW.ticks} s`;

export interface ArchiveToFetch {
  request: RunningRequest;
  archive: PendingArchive;
  posServer: PosServer;
  progress: Progress;
  /** Lets one stream of the request come at a time, so that one comes while another is verified. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Receives what is ordered of an archive into the part of the store for `path`. @throws ArchiveError; what has come so far is still there. */
export async function receivePart(
  context: RequestContext,
  { request, archive, posServer, progress }: ArchiveToFetch,
  { path, order, maxBytes }: { path: string; order: WantedLog[]; maxBytes: number },
  signal: AbortSignal,
): Promise<WrittenPart> {
  const { db, store, timing } = context;
  await requireRight(db, request);
  await requireStore(db, store);
  await requireSpace(store, archive.logBytes);
  await makePart(store, path);
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

function deadlineMs({ timing }: RequestContext, { logBytes }: PendingArchive): number {
  return MIN_DEADLINE_MS + timing.busyPatienceMs + (logBytes / MIN_BYTES_PER_SECOND) * 1000;
}

function startDeadline(ms: number): { signal: AbortSignal; timer: NodeJS.Timeout } {
  const ending = new AbortController();
  const detail = `archive not complete within ${Math.round(ms / 1000)} s`;
  const error = new ArchiveError("response_timeout", detail);
  return { signal: ending.signal, timer: setTimeout(() => ending.abort(error), ms) };
}
