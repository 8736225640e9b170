import { type FileHandle, open } from "node:fs/promises";
import { fileEncoding, type LogEncoding } from "../../protocol/decode-lines.ts";
import { type FoundFile, fileKey } from "../files/find-files.ts";
import type { LogOrigin } from "./exchange-event.ts";

const FINGERPRINT_BYTES = 512;

export interface FollowedFile {
  origin: LogOrigin;
  /** Start of the first line that was not read to its end. */
  readBytes: number;
  /** The bytes just before `readBytes`; null = unknown. */
  fingerprint: Buffer | null;
  /** With `modifiedAt`, recognizes an unchanged file. */
  bytes: number;
  modifiedAt: number;
  hasOpenLine: boolean;
  /** Whether anything before `readBytes` was not read. */
  isPartUnread: boolean;
}

export const UNREAD: Omit<FollowedFile, "origin"> = {
  readBytes: 0,
  fingerprint: null,
  bytes: 0,
  modifiedAt: 0,
  hasOpenLine: false,
  isPartUnread: false,
};

export type OpenLogFile = Awaited<ReturnType<typeof openLogFile>>;

/** The caller closes the handle. */
export async function openLogFile(file: Pick<FoundFile, "path">, encoding: LogEncoding) {
  const handle = await open(file.path, "r");
  try {
    const stats = await handle.stat({ bigint: true });
    const { buffer: head } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return {
      handle,
      key: fileKey(stats),
      bytes: Number(stats.size),
      modifiedAt: Number(stats.mtimeMs),
      encoding: fileEncoding(head, encoding),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Where to continue: after the last reading, or at the start of a file that was cut or rewritten. */
export async function resumeFile(file: OpenLogFile, known: FollowedFile | undefined): Promise<FollowedFile> {
  if (known && file.bytes >= known.readBytes && (await hasFingerprint(file, known))) return known;
  return { ...UNREAD, origin: { modifiedAt: file.modifiedAt } };
}

/** The bytes before a position, which change when a file is rewritten but not when it grows. */
export async function readFingerprint(handle: FileHandle, position: number): Promise<Buffer> {
  const length = Math.min(position, FINGERPRINT_BYTES);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position - length);
  return buffer.subarray(0, bytesRead);
}

async function hasFingerprint(file: OpenLogFile, known: FollowedFile): Promise<boolean> {
  if (!known.fingerprint) return true;
  return known.fingerprint.equals(await readFingerprint(file.handle, known.readBytes));
}
