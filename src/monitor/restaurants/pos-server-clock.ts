import type { LogPeriod } from "../../protocol/logs.ts";
import type { Db } from "../database/schema.ts";

/** As long as a report takes; a shift this small would only ask for the file of the day before. */
const NO_DIFFERENCE_MS = 5_000;

/** @param behindMs how far the POS server's clock is behind, by its report. */
export function periodByItsClock(
  { fromAt, toAt }: { fromAt: number; toAt: number },
  behindMs: number,
): LogPeriod {
  const shiftMs = Math.abs(behindMs) < NO_DIFFERENCE_MS ? 0 : behindMs;
  const byItsClock = (at: number) => new Date(at - shiftMs).toISOString();
  return { from: byItsClock(fromAt), to: byItsClock(toAt) };
}

/** What the last reports said of a POS server's clock: how far it is behind, and its zone; null = nothing. */
export async function readItsClock(db: Db, posServerId: number) {
  return await db
    .selectFrom("posStatus")
    .select(["clockShiftMs", "utcOffsetMinutes"])
    .where("posServerId", "=", posServerId)
    .executeTakeFirstOrThrow();
}
