import type { Level } from "../../protocol/log-head.ts";
import type { TimeBuckets } from "./time-buckets.ts";

/** Logs prepared in another format are prepared again. */
export const FORMAT_VERSION = 5;

/** The text to show, in UTF-8 with line feeds; the index of its blocks; its `LogSummary`. */
export const TEXT_FILE = "text";
export const BLOCKS_FILE = "blocks";
export const SUMMARY_FILE = "summary.json";
/** Folds among all entries; among errors when only these are shown; errors like one before them, which are passed over. */
export const FOLDS_FILES = { all: "folds", errors: "error-folds", sameErrors: "same-errors" } as const;
export type FoldsOf = keyof typeof FOLDS_FILES;

export const PREPARED_FILES = [SUMMARY_FILE, TEXT_FILE, BLOCKS_FILE, ...Object.values(FOLDS_FILES)];

/** A block ends with the line that makes it this long. */
export const BLOCK_BYTES = 32 * 1024;
/** Numbers for each block in the file of blocks: those of `Block`, in its order. */
export const BLOCK_NUMBERS = 8;

/** The smallest part that is read at once. */
export interface Block {
  /** Bytes from the start of the text. */
  offset: number;
  /** From 1. */
  firstLine: number;
  errorsBefore: number;
  /** The last time before it, see `EntryHead`; NaN = there is none. */
  timeBefore: number;
  /** The level of the entry that its first line may continue. */
  levelBefore: Level;
  /** So many folds end before it, perhaps a few more. */
  foldsBefore: Record<FoldsOf, number>;
}

export interface LogSummary {
  version: number;
  lines: number;
  bytes: number;
  errors: number;
  lastErrorLine: number | null;
  /** See `EntryHead`; null = no line has a time. */
  firstTime: number | null;
  lastTime: number | null;
  folds: Record<FoldsOf, number>;
  times: TimeBuckets;
}

export type PrepareProblem = "damaged" | "too_large" | "disk_full" | "missing" | "failed";
