import { PROGRAM } from "../audit-log/record-event.ts";
import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { addUpdates, stopRollout } from "./decide-rollout.ts";
import { countLeft, countUpdates, findRollout, listCandidates, type Rollout } from "./rollout.ts";

/** How many updates may be under way, so that a bad one harms few. */
export const UNDER_WAY = 50;
const FAILURES_TO_STOP = 3;

/**
 * Begins with one POS server; once it runs the new version, adds all that answer. Stops when the first fails, or three.
 * @param underWay POS servers to which the update is being sent.
 * @returns the rollout; null = it is stopped, or another one has started.
 */
export async function advanceRollout(
  db: Db,
  rolloutId: number,
  underWay: readonly number[],
  now: number,
): Promise<Rollout | null> {
  return await inTransaction(db, async (trx) => {
    const rollout = await findRollout(trx);
    if (rollout?.id !== rolloutId || rollout.stoppedAt !== null) return null;
    const { waiting, sent, done, failed } = await countUpdates(trx, rollout.id);
    const isProven = done > 0;
    if ((await countFailures(trx, rollout)) >= (isProven ? FAILURES_TO_STOP : 1)) {
      await stopRollout(trx, PROGRAM, rollout.id, now);
      return null;
    }
    // Cheap, since it runs every second for months.
    if (isProven && waiting === 0 && (await countLeft(trx, rollout)) === 0) return rollout;
    // Waits for the chosen first POS server, unless it is gone, or somebody continued after it failed.
    const isFirstKept = !isProven && waiting + sent + failed > 0 && rollout.continuedAt === null;
    if (!isFirstKept) await fill(trx, rollout, { places: isProven ? UNDER_WAY : 1, underWay }, now);
    return rollout;
  });
}

async function countFailures(db: Db, { id, continuedAt }: Rollout): Promise<number> {
  const failed = db.selectFrom("agentUpdate").where("rolloutId", "=", id).where("state", "=", "failed");
  return await countRows(continuedAt === null ? failed : failed.where("stateSince", ">", continuedAt));
}

async function fill(
  db: Db,
  rollout: Rollout,
  { places, underWay }: { places: number; underWay: readonly number[] },
  now: number,
): Promise<void> {
  await dropAway(db, rollout.id, underWay);
  const { waiting, sent } = await countUpdates(db, rollout.id);
  const limit = places - waiting - sent;
  if (limit <= 0) return;
  const added = await listCandidates(db, rollout, { rolloutId: rollout.id, limit });
  await addUpdates(db, rollout.id, added, now);
}

/** Takes out POS servers that went away before anything was sent to them; others take their places. */
async function dropAway(db: Db, rolloutId: number, underWay: readonly number[]): Promise<void> {
  await db
    .deleteFrom("agentUpdate")
    .where("rolloutId", "=", rolloutId)
    .where("state", "=", "waiting")
    // One that did not answer may have received it.
    .where("failureCode", "is", null)
    .$if(underWay.length > 0, (away) => away.where("posServerId", "not in", underWay))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("posStatus")
          .select("state")
          .whereRef("posStatus.posServerId", "=", "agentUpdate.posServerId")
          .where(({ or, eb }) => or([eb("failedPolls", ">", 0), eb("standing", "<>", "active")])),
      ),
    )
    .execute();
}
