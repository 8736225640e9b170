import { WorkbookError } from "./workbook-error.ts";

const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_HEADER_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const ENCRYPTED_FLAG = 1;
const MAX_ENTRIES = 2_000;

export interface ZipEntry {
  name: string;
  /** 0 = stored, 8 = deflated. */
  method: number;
  compressed: Buffer;
}

/**
 * Lists the entries of a small zip held in memory, without ZIP64, which only files beyond 4 GB need.
 * @throws WorkbookError `not_a_workbook` or `encrypted_workbook`.
 */
export function listZipEntries(bytes: Uint8Array): ZipEntry[] {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readDirectory(zip);
  } catch (error) {
    if (error instanceof RangeError) throw new WorkbookError("not_a_workbook", { cause: error });
    throw error;
  }
}

function readDirectory(zip: Buffer): ZipEntry[] {
  const end = zip.lastIndexOf(END_SIGNATURE);
  if (end < 0 || end < zip.length - END_BYTES - MAX_COMMENT_BYTES) throw new WorkbookError("not_a_workbook");
  const count = zip.readUInt16LE(end + 10);
  if (count > MAX_ENTRIES) throw new WorkbookError("not_a_workbook");

  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  while (entries.length < count) {
    if (zip.readUInt32LE(at) !== DIRECTORY_SIGNATURE) throw new WorkbookError("not_a_workbook");
    if (zip.readUInt16LE(at + 8) & ENCRYPTED_FLAG) throw new WorkbookError("encrypted_workbook");
    const nameBytes = zip.readUInt16LE(at + 28);
    const nameAt = at + DIRECTORY_HEADER_BYTES;
    entries.push({
      name: zip.toString("utf8", nameAt, nameAt + nameBytes),
      method: zip.readUInt16LE(at + 10),
      compressed: readCompressed(zip, zip.readUInt32LE(at + 42), zip.readUInt32LE(at + 20)),
    });
    at = nameAt + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function readCompressed(zip: Buffer, localAt: number, compressedBytes: number): Buffer {
  if (zip.readUInt32LE(localAt) !== LOCAL_SIGNATURE) throw new WorkbookError("not_a_workbook");
  const start =
    localAt + LOCAL_HEADER_BYTES + zip.readUInt16LE(localAt + 26) + zip.readUInt16LE(localAt + 28);
  if (start + compressedBytes > zip.length) throw new WorkbookError("not_a_workbook");
  return zip.subarray(start, start + compressedBytes);
}
