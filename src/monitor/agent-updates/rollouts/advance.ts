import { PROGRAM } from "../../audit-log/record-event.ts";
import { countRows } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { countLeft, listCandidates, selectUpdatable } from "./candidates.ts";
import { stopRollout } from "./decide-rollout.ts";
import { findRollout, type Rollout } from "./rollout.ts";
import {
  addToWave,
  areTooMany,
  countWaves,
  dropAway,
  isWaveOver,
  LAST_WAVE,
  NOBODY,
  sizeOfWave,
} from "./waves.ts";

/** How many updates may be under way, so that a bad one harms few. */
export const UNDER_WAY = 50;

/**
 * Stops a rollout with too many failures, starts the next wave after the current one, and adds POS servers that answer.
 * @param underWay POS servers to which the update is being sent.
 * @returns the rollout as it is now; null = it is stopped, or another one has started.
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
    if (await hasNobodyLeft(trx, rollout)) return rollout;
    const failures = await countFailures(trx, rollout);
    const waves = await countWaves(trx, rollout.id);
    const members = waves.reduce(
      (sum, { waiting, sent, done, failed }) => sum + waiting + sent + done + failed,
      0,
    );
    if (areTooMany(failures, rollout.wave, members)) {
      await stopRollout(trx, PROGRAM, rollout.id, now);
      return null;
    }
    const counts = waves[rollout.wave - 1] ?? NOBODY;
    const current = isWaveOver({ wave: rollout.wave, size: rollout.waveSize }, counts)
      ? await beginNextWave(trx, rollout)
      : rollout;
    // Waits for the chosen first POS server, unless it is gone, or somebody continued after it failed.
    const isFirstKept = current.wave === 1 && members > 0 && current.continuedAt === null;
    if (!isFirstKept) await fillWave(trx, current, underWay, now);
    return current;
  });
}

/** Cheap, since it runs every second for months. */
async function hasNobodyLeft(db: Db, rollout: Rollout): Promise<boolean> {
  if (rollout.wave < LAST_WAVE || (await countLeft(db, rollout)) > 0) return false;
  const waiting = await db
    .selectFrom("agentUpdate")
    .select("posServerId")
    .where("rolloutId", "=", rollout.id)
    .where("wave", "=", LAST_WAVE)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  return waiting === undefined;
}

async function countFailures(db: Db, { id, continuedAt }: Rollout): Promise<number> {
  const failed = db.selectFrom("agentUpdate").where("rolloutId", "=", id).where("state", "=", "failed");
  return await countRows(continuedAt === null ? failed : failed.where("stateSince", ">", continuedAt));
}

async function beginNextWave(db: Db, rollout: Rollout): Promise<Rollout> {
  const wave = rollout.wave + 1;
  const waveSize = sizeOfWave(wave, await countRows(selectUpdatable(db, rollout)));
  await db.updateTable("agentRollout").set({ wave, waveSize }).where("id", "=", rollout.id).execute();
  return { ...rollout, wave, waveSize };
}

async function fillWave(db: Db, rollout: Rollout, underWay: readonly number[], now: number): Promise<void> {
  const { id: rolloutId, wave, waveSize } = rollout;
  await dropAway(db, rollout, underWay);
  const { waiting, sent, done, failed } = (await countWaves(db, rolloutId))[wave - 1] ?? NOBODY;
  const places = UNDER_WAY - waiting - sent;
  const left = wave === LAST_WAVE ? places : waveSize - waiting - sent - done - failed;
  const limit = Math.min(places, left);
  if (limit <= 0) return;
  await addToWave(db, rollout, await listCandidates(db, rollout, { rolloutId, limit }), now);
}
