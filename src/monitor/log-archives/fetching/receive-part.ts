import type { Readable } from "node:stream";
import type { WantedLog } from "../../../protocol/logs.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { requireStore } from "../store/marker.ts";
import { makePart, partOf, requireSpace } from "../store/store.ts";
import { type Pace, startPace, type WrittenPart, writePart } from "../store/write-part.ts";
import { type RunningRequest, requireRight } from "./begin-request.ts";
import type { PendingArchive } from "./pending-archives.ts";
import type { Progress } from "./progress.ts";
import type { WorkContext } from "./work-context.ts";
import { pause } from "./work-context.ts";

const USUAL_RETRY_AFTER_MS = 5_000;
const MAX_RETRY_AFTER_MS = 60_000;
/** Of logs before compression; a slower stream takes longer than anybody waits. */
const MIN_BYTES_PER_SECOND = 16 * 1024;
const MIN_DEADLINE_MS = 10 * 60_000;
/** A stream with less than this in a minute is given up: a GPRS modem brings three times as much. */
const TOO_SLOW = { ticks: 60, leastBytes: 60 * 1024 };
const TOO_SLOW_DETAIL = `less than ${TOO_SLOW.leastBytes} bytes within ${TOO_SLOW.ticks} s`;

export interface ArchiveToFetch {
  request: RunningRequest;
  archive: PendingArchive;
  posServer: PosServer;
  progress: Progress;
  /** Runs one download of the request at a time, while another archive may be verified. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Receives the ordered files into the part of the store for `path`. @throws ArchiveError, leaving an incomplete part. */
export async function receivePart(
  context: WorkContext,
  { request, archive, posServer, progress }: ArchiveToFetch,
  { path, order, maxBytes }: { path: string; order: WantedLog[]; maxBytes: number },
  signal: AbortSignal,
): Promise<WrittenPart> {
  const { db, store, timing } = context;
  await requireRight(db, request, context.clock());
  await requireStore(db, store);
  await requireSpace(store, archive.logBytes);
  await makePart(store, path);
  const deadlineMs =
    MIN_DEADLINE_MS + timing.busyPatienceMs + (archive.logBytes / MIN_BYTES_PER_SECOND) * 1000;
  const failing = new AbortController();
  const fail = (code: "response_timeout" | "too_slow", detail: string) =>
    failing.abort(new ArchiveError(code, detail));
  const deadlineDetail = `archive not complete within ${Math.round(deadlineMs / 1000)} s`;
  const deadline = setTimeout(() => fail("response_timeout", deadlineDetail), deadlineMs);
  const ending = AbortSignal.any([signal, failing.signal]);
  let pace: Pace | null = null;
  try {
    const source = await openWhenFree(context, posServer, order, ending);
    const onBelow = () => fail("too_slow", TOO_SLOW_DETAIL);
    pace = startPace({ tickMs: timing.paceTickMs, ...TOO_SLOW, onBelow });
    const onProgress = (zipBytes: number) => progress.advance(archive, zipBytes);
    const options = { store, maxBytes, signal: ending, pace, onProgress };
    return await writePart(source, partOf(store, path), options);
  } finally {
    pace?.stop();
    clearTimeout(deadline);
  }
}

async function openWhenFree(
  { client, timing }: WorkContext,
  posServer: PosServer,
  order: WantedLog[],
  signal: AbortSignal,
): Promise<Readable> {
  let waitedMs = 0;
  for (;;) {
    const outcome = await client.openLogArchive(posServer, order, signal);
    if (outcome.ok) return outcome.value;
    const { code, detail, status, retryAfterMs } = outcome.failure;
    if (status !== 503) throw new ArchiveError(code, detail);
    const waitMs = Math.min(retryAfterMs ?? USUAL_RETRY_AFTER_MS, MAX_RETRY_AFTER_MS);
    waitedMs += Math.max(waitMs, 1_000);
    if (waitedMs > timing.busyPatienceMs) throw new ArchiveError("busy", detail);
    await pause(waitMs, signal);
  }
}
