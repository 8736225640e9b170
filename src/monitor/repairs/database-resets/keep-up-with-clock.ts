import type { Db } from "../../database/schema.ts";
import { MAX_DRIFT_MS } from "../../requests/waiting.ts";
import type { FoundReset } from "./find-database-resets.ts";

/** Longer than any pause between the last work on a reset and the next, through which nobody knows what the clock did. */
const UNKNOWN_PAUSE_MS = 24 * 60 * 60_000;

/**
 * Brings times of an open reset that lie ahead back to now: the clock was set back since, and nothing of it may be
 * waited for until the clock comes there again. By how much is not known exactly, so that a database which seems to be
 * older than the reset proves it as well. The steps that are listed keep their times.
 * @returns the reset as it stands then.
 */
export async function keepUpWithClock(db: Db, reset: FoundReset, now: number): Promise<FoundReset> {
  const { resetAt, followedAt } = reset;
  // Until the POS server has told when it did so, this is how the clock is known to have been set back.
  const begunAt = reset.step === "resetting" ? null : reset.begunAt;
  const lastAt = Math.max(reset.stepAt, begunAt ?? 0, resetAt ?? 0, followedAt ?? 0);
  if (lastAt - now <= MAX_DRIFT_MS) return reset;
  const notAhead = (at: number | null) => (at === null ? null : Math.min(at, now));
  const times = {
    stepAt: Math.min(reset.stepAt, now),
    begunAt: notAhead(begunAt) ?? reset.begunAt,
    resetAt: resetAt === null ? null : Math.min(resetAt, now) - UNKNOWN_PAUSE_MS,
    followedAt: notAhead(followedAt),
  };
  await db
    .updateTable("database_reset")
    .set({
      step_at: times.stepAt,
      begun_at: times.begunAt,
      reset_at: times.resetAt,
      followed_at: times.followedAt,
    })
    .where("id", "=", reset.id)
    .where("step_at", "=", reset.stepAt)
    .where("finished_at", "is", null)
    .execute();
  return { ...reset, ...times };
}
