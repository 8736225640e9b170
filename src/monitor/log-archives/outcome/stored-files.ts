import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { Bytes, sumOfBytes, Time } from "../../../protocol/field-types.ts";

const MAX_STORED_LEFT_OUT = 200;

/**
 * A log file of an archive as it was listed; its time is by the POS server's clock. With `tailBytes` only so many of
 * its last bytes are taken: it is cut.
 */
export const PlannedFile = Type.Object({
  name: Type.String(),
  bytes: Bytes,
  tailBytes: Type.Optional(Bytes),
  modifiedAt: Time,
});
export type PlannedFile = Static<typeof PlannedFile>;

/**
 * Why a file of the period, or a part of it, is in no archive. In the order of what is worth telling first:
 * `unreadable`: the POS server could not read it; `incomplete`: only a part of it (it shrank, say); `unsafe_name`: no
 * zip may hold its name; `cut`: the beginning of the newest file, which is larger than the cap; `does_not_fit`.
 */
export const LEFT_OUT_REASONS = ["unreadable", "incomplete", "unsafe_name", "cut", "does_not_fit"] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** They were within the cap, so that whoever asked counts on them. */
const MISSING_REASONS: readonly LeftOutReason[] = ["unreadable", "incomplete", "unsafe_name"];

/** `bytes`: how much of it is left out. */
export const LeftOutFile = Type.Object({
  name: Type.String(),
  bytes: Bytes,
  reason: Type.Enum([...LEFT_OUT_REASONS]),
});
export type LeftOutFile = Static<typeof LeftOutFile>;

/** What a request left out, as its row has it: the first files by reason as JSON, and how many there are in all. */
export interface StoredLeftOut {
  leftOut: string;
  leftOutFiles: number;
  leftOutBytes: number;
}

/** How much of a file is taken. */
export function takenBytes({ bytes, tailBytes }: PlannedFile): number {
  return tailBytes ?? bytes;
}

/** Reads `logArchive.files`. @throws when it is not what this program writes. */
export function readPlannedFiles(json: string): PlannedFile[] {
  return Value.Parse(Type.Array(PlannedFile), JSON.parse(json));
}

export function writePlannedFiles(files: readonly PlannedFile[]): string {
  return JSON.stringify(files);
}

/** Reads `logRequest.leftOut`. @throws when it is not what this program writes. */
export function readLeftOut(json: string): LeftOutFile[] {
  return Value.Parse(Type.Array(LeftOutFile), JSON.parse(json));
}

/** Reads which logs should have come and did not, or not whole, from `logRequest.leftOut`; the cap leaves out others. */
export function readMissing(json: string): LeftOutFile[] {
  return readLeftOut(json).filter(({ reason }) => MISSING_REASONS.includes(reason));
}

/** Whether there are such logs. */
export function isIncomplete(json: string): boolean {
  return readMissing(json).length > 0;
}

/** Adds to what a request left out; of very many files only the first are kept by name, all are counted. */
export function addLeftOut(
  { leftOut, leftOutFiles, leftOutBytes }: StoredLeftOut,
  added: readonly LeftOutFile[],
) {
  const files = [...readLeftOut(leftOut), ...added].toSorted(
    (left, right) => LEFT_OUT_REASONS.indexOf(left.reason) - LEFT_OUT_REASONS.indexOf(right.reason),
  );
  return {
    leftOut: JSON.stringify(files.slice(0, MAX_STORED_LEFT_OUT)),
    leftOutFiles: leftOutFiles + added.length,
    leftOutBytes: sumOfBytes([leftOutBytes, ...added.map(({ bytes }) => bytes)]),
  };
}
