import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { CallError } from "../../pos-client/calls/call-error.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { type ArchiveStore, inStore, requireSpace } from "./store.ts";

const CHECK_SPACE_EVERY_BYTES = 16 * 1024 * 1024;
/** Chunks from the network are small, and writing each alone would be slow. */
const WRITE_BYTES = 256 * 1024;

export interface WrittenPart {
  zipBytes: number;
  sha256: string;
}

interface WriteOptions {
  store: ArchiveStore;
  maxBytes: number;
  signal: AbortSignal;
  pace: Pace;
  onProgress: (zipBytes: number) => Promise<void>;
}

/** Up to `maxBytes`; `placePart` flushes it to the disk. @throws ArchiveError, leaving an incomplete file. */
export async function writePart(source: Readable, file: string, options: WriteOptions): Promise<WrittenPart> {
  let handle: FileHandle | null = null;
  try {
    handle = await inStore(() => open(file, "w"));
    return await receive(source, handle, options);
  } finally {
    source.destroy();
    await handle?.close();
  }
}

async function receive(source: Readable, handle: FileHandle, options: WriteOptions): Promise<WrittenPart> {
  const { store, maxBytes, signal, pace, onProgress } = options;
  const hash = createHash("sha256");
  let zipBytes = 0;
  let checkSpaceAt = CHECK_SPACE_EVERY_BYTES;
  for await (const bytes of inPieces(chunksOf(source, pace, signal), WRITE_BYTES)) {
    zipBytes += bytes.length;
    if (zipBytes > maxBytes) throw new ArchiveError("too_large", `archive of more than ${maxBytes} bytes`);
    if (zipBytes >= checkSpaceAt) {
      await requireSpace(store, bytes.length);
      checkSpaceAt = zipBytes + CHECK_SPACE_EVERY_BYTES;
    }
    hash.update(bytes);
    await inStore(() => handle.appendFile(bytes));
    await onProgress(zipBytes);
  }
  return { zipBytes, sha256: hash.digest("hex") };
}

/** Each piece is overwritten by the next one. */
async function* inPieces(chunks: AsyncIterable<Buffer>, pieceBytes: number): AsyncGenerator<Buffer> {
  const piece = Buffer.allocUnsafe(pieceBytes);
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const copied = chunk.copy(piece, bytes, from);
      from += copied;
      bytes += copied;
      if (bytes < pieceBytes) continue;
      yield piece;
      bytes = 0;
    }
  }
  if (bytes > 0) yield piece.subarray(0, bytes);
}

/** The chunks from the POS server; errors here are the connection's, not the store's. */
async function* chunksOf(source: Readable, pace: Pace, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await pace.waiting(chunks.next());
      signal.throwIfAborted();
      if (done) return;
      pace.received(value.length);
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    if (error instanceof CallError && error.failure.code !== "invalid_json") {
      throw new ArchiveError(error.failure.code, error.failure.detail, { cause: error });
    }
    throw new ArchiveError("broken_off", error.message, { cause: error });
  }
}

/** Watches how fast bytes come while they are waited for. */
export interface Pace {
  /** Waits for the other machine; only this time counts, not what this machine needs itself. */
  waiting<T>(answer: Promise<T>): Promise<T>;
  received(bytes: number): void;
  stop(): void;
}

export interface PaceOptions {
  tickMs: number;
  /** How many ticks in a row count together. */
  ticks: number;
  leastBytes: number;
  /** Called at each tick with too few bytes. */
  onBelow: () => void;
}

/** Counts ticks, not time: a process that stands still or a clock that is set makes nobody slow. */
export function startPace({ tickMs, ticks, leastBytes, onBelow }: PaceOptions): Pace {
  const window: number[] = [];
  let waits = 0;
  let bytes = 0;
  const timer = setInterval(tick, tickMs);

  return {
    async waiting(answer) {
      waits++;
      try {
        return await answer;
      } finally {
        waits--;
      }
    },
    received(count) {
      bytes += count;
    },
    stop: () => clearInterval(timer),
  };

  function tick(): void {
    if (waits === 0 && bytes === 0) return;
    window.push(bytes);
    bytes = 0;
    if (window.length > ticks) window.shift();
    if (window.length === ticks && sum(window) < leastBytes) onBelow();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
