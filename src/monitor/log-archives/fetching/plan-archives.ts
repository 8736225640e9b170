import { validateFileName } from "yauzl";
import type { LogFile } from "../../../protocol/logs.ts";
import { MINUTE_MS } from "../../../protocol/time-units.ts";
import { type LeftOutFile, type PlannedFile, takenBytes } from "../outcome/stored-files.ts";

/** The limit of logs in one archive; a larger file gets its own archive. */
export const MAX_ARCHIVE_BYTES = 25 * 1024 * 1024;
/** Keeps the request body for an archive far below the limit of POS servers. */
const MAX_ARCHIVE_FILES = 1_000;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** A zip to fetch: `day` is `YYYY-MM-DD` of the POS server's clock, `number` counts within the day from 1. */
interface PlannedArchive {
  day: string;
  number: number;
  files: PlannedFile[];
  /** Before compression. */
  bytes: number;
}

/** What is fetched and what is left out; `files` and `bytes` count what is fetched. */
export type ArchivePlan = ReturnType<typeof planArchives>;

interface PlanOptions {
  maxBytes: number;
  /** Of the POS server's clock, which defines the days. */
  utcOffsetMinutes: number;
}

/**
 * Decides which files are fetched, newest first, and in which archives. If the newest file alone is larger than the cap,
 * its tail is fetched; any other that does not fit is left out.
 */
export function planArchives(listed: readonly LogFile[], options: PlanOptions) {
  const { taken, leftOut } = takeNewest(listed, options.maxBytes);
  const archives = packByDay(taken, options.utcOffsetMinutes);
  const bytes = archives.reduce((sum, archive) => sum + archive.bytes, 0);
  return { archives, leftOut, files: taken.length, bytes };
}

function takeNewest(
  listed: readonly LogFile[],
  maxBytes: number,
): { taken: PlannedFile[]; leftOut: LeftOutFile[] } {
  const taken: PlannedFile[] = [];
  const leftOut: LeftOutFile[] = [];
  let freeBytes = maxBytes;
  for (const { name, bytes, modifiedAt } of newestFirst(listed)) {
    if (isUnsafe(name)) {
      leftOut.push({ name, bytes, reason: "unsafe_name" });
    } else if (bytes <= freeBytes) {
      taken.push({ name, bytes, modifiedAt });
      freeBytes -= bytes;
    } else if (taken.length === 0) {
      taken.push({ name, bytes, tailBytes: maxBytes, modifiedAt });
      leftOut.push({ name, bytes: bytes - maxBytes, reason: "cut" });
      freeBytes = 0;
    } else {
      leftOut.push({ name, bytes, reason: "does_not_fit" });
    }
  }
  return { taken, leftOut };
}

/** POS servers may send them unsorted, or repeat names. */
function newestFirst(listed: readonly LogFile[]): LogFile[] {
  const byName = new Map(listed.map((file) => [file.name, file]));
  return [...byName.values()].toSorted(
    (left, right) => Date.parse(right.modifiedAt) - Date.parse(left.modifiedAt),
  );
}

function isUnsafe(name: string): boolean {
  return validateFileName(name) !== null || CONTROL_CHARACTER.test(name);
}

function packByDay(files: readonly PlannedFile[], utcOffsetMinutes: number): PlannedArchive[] {
  const archives: PlannedArchive[] = [];
  for (const file of files) {
    const day = dayOf(file.modifiedAt, utcOffsetMinutes);
    const bytes = takenBytes(file);
    const last = archives.at(-1);
    const isFull =
      last && (last.bytes + bytes > MAX_ARCHIVE_BYTES || last.files.length === MAX_ARCHIVE_FILES);
    if (last?.day === day && !isFull) {
      last.files.push(file);
      last.bytes += bytes;
    } else {
      const number = last?.day === day ? last.number + 1 : 1;
      archives.push({ day, number, files: [file], bytes });
    }
  }
  return archives;
}

function dayOf(time: string, utcOffsetMinutes: number): string {
  return new Date(Date.parse(time) + utcOffsetMinutes * MINUTE_MS).toISOString().slice(0, 10);
}
