import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { FoundReset } from "./find-database-resets.ts";
import { CLOCK_ERROR_MS } from "./limits.ts";

/**
 * Moves the times of an open reset that was last worked on later than now: the clock was set back since, and nothing of
 * it may be waited for until the clock comes there again. The steps that are listed keep their times.
 * @returns the reset as it stands then.
 */
export async function keepUpWithClock(
  db: Kysely<Database>,
  reset: FoundReset,
  now: number,
): Promise<FoundReset> {
  const aheadMs = Math.max(reset.stepAt, reset.followedAt ?? 0) - now;
  if (aheadMs <= CLOCK_ERROR_MS) return reset;
  const moved = (at: number | null) => (at === null ? null : at - aheadMs);
  const times = {
    stepAt: reset.stepAt - aheadMs,
    begunAt: moved(reset.begunAt),
    resetAt: moved(reset.resetAt),
    followedAt: moved(reset.followedAt),
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
