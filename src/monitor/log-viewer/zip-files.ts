import type { Readable } from "node:stream";
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl";

const MAX_LISTED_FILES = 2_000;

/** A file as the archive describes it; the name is only shown, never used as a path. */
export interface ZippedFile {
  /** From 1, counting all entries. */
  position: number;
  name: string;
  /** ms UTC. */
  modifiedAt: number;
  /** Inflated, as claimed by the archive. */
  bytes: number;
  crc32: number;
}

export interface ZippedFiles {
  files: ZippedFile[];
  isCut: boolean;
}

/** In the archive's order. @throws when it is missing or no zip, or the signal's reason. */
export async function listZippedFiles(path: string, signal: AbortSignal): Promise<ZippedFiles> {
  const files: ZippedFile[] = [];
  const zip = await openZip(path);
  try {
    for await (const { file } of filesOf(zip)) {
      signal.throwIfAborted();
      if (files.length === MAX_LISTED_FILES) return { files, isCut: true };
      files.push(file);
    }
    return { files, isCut: false };
  } finally {
    zip.close();
  }
}

/** @throws when the archive is damaged or has no such file. */
export async function readZippedFile<Result>(
  path: string,
  position: number,
  use: (file: ZippedFile, stream: Readable) => Promise<Result>,
): Promise<Result> {
  const zip = await openZip(path);
  try {
    for await (const { file, entry } of filesOf(zip)) {
      if (file.position === position) return await use(file, await zip.openReadStreamPromise(entry));
    }
    throw new Error(`the archive has no file ${position}`);
  } finally {
    zip.close();
  }
}

/** Names are decoded here: yauzl would refuse the whole archive for a name that leads out of a folder. */
async function openZip(path: string): Promise<ZipFile> {
  return await openPromise(path, { autoClose: false, decodeStrings: false });
}

async function* filesOf(zip: ZipFile): AsyncGenerator<{ file: ZippedFile; entry: Entry }> {
  let position = 0;
  for await (const entry of zip.eachEntry()) {
    position++;
    const { generalPurposeBitFlag, fileNameRaw, extraFields, uncompressedSize: bytes, crc32 } = entry;
    const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
    if (name.endsWith("/")) continue;
    yield { file: { position, name, modifiedAt: entry.getLastModDate().getTime(), bytes, crc32 }, entry };
  }
}
