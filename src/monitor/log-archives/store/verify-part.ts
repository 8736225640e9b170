import { pipeline } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { errorText } from "../../../protocol/error-text.ts";
import { ARCHIVE_README } from "../../../protocol/logs.ts";
import { ArchiveError } from "../outcome/failure.ts";
import { inStore, isSystemError } from "./store.ts";

const DEFLATED = 8;
const INFLATED_BYTES = 256 * 1024;

interface VerifyOptions {
  /** The files it may contain, beside the agent's readme. */
  names: ReadonlySet<string>;
  /** For all entries, inflated. */
  maxBytes: number;
  signal: AbortSignal;
}

/**
 * Checks that a zip contains only what was asked for, each file once, with the size and checksum of the central directory.
 * Never inflates more than `maxBytes`.
 * @returns the size of each log file.
 * @throws ArchiveError `broken_archive`, `too_large`
 */
export async function verifyPart(file: string, options: VerifyOptions): Promise<Map<string, number>> {
  try {
    const zip = await openPromise(file);
    return await readEntries(zip, options).finally(() => zip.close());
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ArchiveError) throw error;
    if (isSystemError(error)) await inStore(() => Promise.reject(error));
    throw new ArchiveError("broken_archive", errorText(error), { cause: error });
  }
}

async function readEntries(zip: ZipFile, options: VerifyOptions): Promise<Map<string, number>> {
  const { names, maxBytes, signal } = options;
  if (zip.entryCount > names.size + 1) throw broken(`${zip.entryCount} entries, ${names.size} asked for`);
  const bytesByName = new Map<string, number>();
  let totalBytes = 0;
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    const { fileName, uncompressedSize } = entry;
    const isReadme = fileName === ARCHIVE_README;
    if (!isReadme && !names.has(fileName)) throw broken(`not asked for: ${fileName}`);
    if (bytesByName.has(fileName)) throw broken(`twice in it: ${fileName}`);
    totalBytes += uncompressedSize;
    if (totalBytes > maxBytes) throw new ArchiveError("too_large", `inflates to more than ${maxBytes} bytes`);
    await verifyEntry(zip, entry, signal);
    bytesByName.set(fileName, uncompressedSize);
  }
  if (!names.has(ARCHIVE_README)) bytesByName.delete(ARCHIVE_README);
  return bytesByName;
}

/** Inflates in larger pieces than yauzl would, which takes half the time. */
async function verifyEntry(zip: ZipFile, entry: Entry, signal: AbortSignal): Promise<void> {
  const content = await zip.openReadStreamPromise(entry, { decodeFileData: false });
  const inflated =
    entry.compressionMethod === DEFLATED ? createInflateRaw({ chunkSize: INFLATED_BYTES }) : null;
  if (inflated) pipeline(content, inflated, () => undefined); // errors are thrown where it is read
  let checksum = 0;
  let bytes = 0;
  for await (const chunk of inflated ?? content) {
    signal.throwIfAborted();
    bytes += chunk.length;
    if (bytes > entry.uncompressedSize) break;
    checksum = crc32(chunk, checksum);
  }
  if (bytes !== entry.uncompressedSize) throw broken(`wrong size: ${entry.fileName}`);
  if (checksum !== entry.crc32) throw broken(`wrong checksum: ${entry.fileName}`);
}

function broken(detail: string): ArchiveError {
  return new ArchiveError("broken_archive", detail);
}
