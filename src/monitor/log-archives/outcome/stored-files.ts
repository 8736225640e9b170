import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { Bytes, sumOfBytes, Time } from "../../../protocol/field-types.ts";

const MAX_STORED_LEFT_OUT = 200;

/** As the POS server listed it, with its clock's time. With `tailBytes` only the last bytes are fetched. */
export const PlannedFile = Type.Object({
  name: Type.String(),
  bytes: Bytes,
  tailBytes: Type.Optional(Bytes),
  modifiedAt: Time,
});
export type PlannedFile = Static<typeof PlannedFile>;

/**
 * Why a file of the period, or part of it, is in no archive; most important first. `unreadable` by the POS server;
 * `incomplete`: it shrank, say; `unsafe_name`: no zip may hold it; `cut`: the newest file, larger than the cap.
 */
export const LEFT_OUT_REASONS = ["unreadable", "incomplete", "unsafe_name", "cut", "does_not_fit"] as const;
type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** These were within the cap, so whoever asked expects them. */
const MISSING_REASONS: readonly LeftOutReason[] = ["unreadable", "incomplete", "unsafe_name"];

/** `bytes`: how much of it is left out. */
export const LeftOutFile = Type.Object({
  name: Type.String(),
  bytes: Bytes,
  reason: Type.Enum([...LEFT_OUT_REASONS]),
});
export type LeftOutFile = Static<typeof LeftOutFile>;

interface StoredLeftOut {
  leftOut: string;
  leftOutFiles: number;
  leftOutBytes: number;
}

export function takenBytes({ bytes, tailBytes }: PlannedFile): number {
  return tailBytes ?? bytes;
}

/** Of `logArchive.files`. @throws when it is not what this program writes. */
export function readPlannedFiles(json: string): PlannedFile[] {
  return Value.Parse(Type.Array(PlannedFile), JSON.parse(json));
}

/** Of `logRequest.leftOut`. @throws when it is not what this program writes. */
export function readLeftOut(json: string): LeftOutFile[] {
  return Value.Parse(Type.Array(LeftOutFile), JSON.parse(json));
}

/** The logs in `logRequest.leftOut` that should have come, unlike those beyond the cap. */
export function readMissing(json: string): LeftOutFile[] {
  return readLeftOut(json).filter(({ reason }) => MISSING_REASONS.includes(reason));
}

export function isIncomplete(json: string): boolean {
  return readMissing(json).length > 0;
}

/** All are counted, but only the first ones are kept by name. */
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
