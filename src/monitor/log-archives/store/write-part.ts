import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { CallError } from "../../pos-client/calls/call-error.ts";
import type { Pace } from "../../requests/pace.ts";
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
