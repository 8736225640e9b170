import { visibleText } from "../../protocol/visible-text.ts";
import { textFields } from "../forms/fields.ts";
import type { Parking } from "../restaurants/park-pos-server.ts";
import { readLocalTime, writeLocalTime } from "../viewer/local-time.ts";

export const MAX_REASON_LENGTH = 200;
const MAX_PARKING_MS = 731 * 86_400_000;
const PARKING_FIELDS = ["reason", "until"] as const;

export type ParkingValues = Record<(typeof PARKING_FIELDS)[number], string>;
/** Keys of the catalogs by field. */
export type ParkingProblems = Partial<Record<keyof ParkingValues, string>>;

/** A form as it was typed, with what it asks for, or what is wrong with it. */
export interface ParkingForm {
  values: ParkingValues;
  reason: string | null;
  /** ms UTC; null = until somebody takes it back. */
  endsAt: number | null;
  problems: ParkingProblems;
}

/** The fields as they are now; empty for one that is not parked. */
export function valuesOfParking(parking: Parking | null, timeZone: string): ParkingValues {
  const endsAt = parking?.endsAt ?? null;
  return {
    reason: parking?.reason ?? "",
    until: endsAt === null ? "" : writeLocalTime(endsAt, timeZone),
  };
}

/** Reads why a POS server is parked and until when, in the viewer's zone; either may be empty. */
export function readParkingForm(body: unknown, timeZone: string, now: number): ParkingForm {
  const values = textFields(body, PARKING_FIELDS);
  const reason = visibleText(values.reason.replace(/\s+/g, " ").trim());
  const hasEnd = values.until.trim() !== "";
  const endsAt = hasEnd ? readLocalTime(values.until.trim(), timeZone, "last") : null;
  const untilProblem = hasEnd ? findEndProblem(endsAt, now) : null;
  return {
    values,
    reason: reason || null,
    endsAt,
    problems: {
      ...(reason.length > MAX_REASON_LENGTH && { reason: "parking.problem.reasonTooLong" }),
      ...(untilProblem && { until: `parking.problem.${untilProblem}` }),
    },
  };
}

function findEndProblem(endsAt: number | null, now: number): "time" | "past" | "tooFar" | null {
  if (endsAt === null) return "time";
  if (endsAt <= now) return "past";
  return endsAt > now + MAX_PARKING_MS ? "tooFar" : null;
}
