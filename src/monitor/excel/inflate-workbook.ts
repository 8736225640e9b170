import { inflateRawSync } from "node:zlib";
import { WorkbookError } from "./workbook-error.ts";
import { listZipEntries, type ZipEntry } from "./zip-entries.ts";

const ZIP_SIGNATURE = Buffer.from("PK", "latin1");
const COMPOUND_FILE_SIGNATURE = Buffer.from("d0cf11e0a1b11ae1", "hex");
/** The stream of a compound file that holds an .xlsx with a password. */
const ENCRYPTED_STREAM_NAME = Buffer.from("EncryptedPackage", "utf16le");
const WORKBOOK_PART = /^(\[Content_Types\]\.xml|_rels\/.+|xl\/.+\.(xml|rels))$/i;
const STORED = 0;
const DEFLATED = 8;

/**
 * Inflates the parts of an .xlsx that cells need, by name. Every part is counted by the bytes that really come out of
 * it, also pictures and others that are dropped: what the zip says about sizes is not believed.
 * @throws WorkbookError
 */
export function inflateWorkbook(bytes: Uint8Array, maxInflatedBytes: number): Map<string, Buffer> {
  refuseOtherKinds(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const parts = new Map<string, Buffer>();
  let remainingBytes = maxInflatedBytes;
  for (const entry of listZipEntries(bytes)) {
    const part = inflate(entry, remainingBytes);
    remainingBytes -= part.length;
    if (WORKBOOK_PART.test(entry.name)) parts.set(entry.name, part);
  }
  return parts;
}

function refuseOtherKinds(file: Buffer): void {
  if (startsWith(file, ZIP_SIGNATURE)) return;
  if (!startsWith(file, COMPOUND_FILE_SIGNATURE)) throw new WorkbookError("not_a_workbook");
  throw new WorkbookError(file.includes(ENCRYPTED_STREAM_NAME) ? "encrypted_workbook" : "old_workbook");
}

function startsWith(file: Buffer, signature: Buffer): boolean {
  return file.subarray(0, signature.length).equals(signature);
}

function inflate({ method, compressed }: ZipEntry, maxBytes: number): Buffer {
  if (method === STORED) {
    if (compressed.length > maxBytes) throw new WorkbookError("inflates_too_large");
    return compressed;
  }
  if (method !== DEFLATED) throw new WorkbookError("not_a_workbook");
  try {
    return inflateRawSync(compressed, { maxOutputLength: Math.max(maxBytes, 1) });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    throw new WorkbookError(isTooLarge ? "inflates_too_large" : "not_a_workbook", { cause: error });
  }
}
