import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { CallError } from "../../pos-client/calls/call-error.ts";
import type { Pace } from "../../requests/pace.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { type ArchiveStore, requireSpace } from "./store.ts";
import { inStore } from "./store-error.ts";

const CHECK_SPACE_EVERY_BYTES = 16 * 1024 * 1024;
/** Chunks of the network are small; written one by one they would wait for the disk each time. */
const WRITE_BYTES = 256 * 1024;

export interface WrittenPart {
  zipBytes: number;
  /** Hexadecimal, lower case. */
  sha256: string;
}

export interface WriteOptions {
  store: ArchiveStore;
  maxBytes: number;
  signal: AbortSignal;
  /** How fast it comes. */
  pace: Pace;
  /** Called with how much has come so far. */
  onProgress: (zipBytes: number) => Promise<void>;
}

/**
 * Writes a stream to a file as fast as both can, no more of it than may come. `placePart` sees to it that it is on the
 * disk.
 * @throws ArchiveError; the file is then what has come so far.
 */
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

async function* inPieces(chunks: AsyncIterable<Buffer>, pieceBytes: number): AsyncGenerator<Buffer> {
  let piece: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    piece.push(chunk);
    bytes += chunk.length;
    if (bytes < pieceBytes) continue;
    yield Buffer.concat(piece, bytes);
    piece = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(piece, bytes);
}

/** What comes from the POS server; whatever breaks here is its fault or the connection's, not the store's. */
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
    throw nameStreamError(error);
  }
}

function nameStreamError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof CallError && error.failure.code !== "invalid_json") {
    return new ArchiveError(error.failure.code, error.failure.detail, { cause: error });
  }
  return new ArchiveError("broken_off", error.message, { cause: error });
}
