import type { Db } from "../../database/schema.ts";
import type { Rollout } from "./rollout.ts";

/** First one POS server, then some, then all that are left. */
export const WAVES = ["one", "some", "rest"] as const;
export const LAST_WAVE = WAVES.length;
const SHARE_OF_SECOND = 0.05;
/** Failures tolerated in the last wave, in which some machines are switched off at the wrong moment. */
const FAILURES_BORNE = 2;
const SHARE_BORNE = 0.02;

export async function addToWave(
  db: Db,
  { id, wave }: Pick<Rollout, "id" | "wave">,
  posServerIds: readonly number[],
  now: number,
): Promise<void> {
  if (posServerIds.length === 0) return;
  const rows = posServerIds.map((posServerId) => ({
    rolloutId: id,
    posServerId,
    wave,
    state: "waiting" as const,
    stateSince: now,
  }));
  await db.insertInto("agentUpdate").values(rows).execute();
}

/**
 * Takes out of a wave those that went away before anything was sent to them; others take their places.
 * @param underWay POS servers to which the update is being sent.
 */
export async function dropAway(
  db: Db,
  { id, wave }: Pick<Rollout, "id" | "wave">,
  underWay: readonly number[],
): Promise<void> {
  await db
    .deleteFrom("agentUpdate")
    .where("rolloutId", "=", id)
    .where("wave", "=", wave)
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

/** POS servers by state in each wave, from the first. */
export async function countWaves(db: Db, rolloutId: number): Promise<WaveCounts[]> {
  const rows = await db
    .selectFrom("agentUpdate")
    .select(["wave", "state", ({ fn }) => fn.countAll<number>().as("count")])
    .where("rolloutId", "=", rolloutId)
    .groupBy(["wave", "state"])
    .execute();
  const counts: WaveCounts[] = [];
  for (const { wave, state, count } of rows) {
    while (counts.length < wave) counts.push({ ...NOBODY });
    const ofWave = counts[wave - 1];
    if (ofWave) ofWave[state] = count;
  }
  return counts;
}

export const NOBODY = { waiting: 0, sent: 0, done: 0, failed: 0 };
export type WaveCounts = typeof NOBODY;

/** @param posServers how many are to be updated; the last wave takes all that are left. */
export function sizeOfWave(wave: number, posServers: number): number {
  if (wave === 1) return 1;
  return wave === LAST_WAVE ? posServers : Math.ceil(posServers * SHARE_OF_SECOND);
}

export function isWaveOver({ wave, size }: { wave: number; size: number }, counts: WaveCounts): boolean {
  const { waiting, sent, done, failed } = counts;
  return wave < LAST_WAVE && waiting + sent === 0 && done + failed >= size;
}

/** Whether new failures are a reason to stop. @param posServers how many are in the waves so far. */
export function areTooMany(failures: number, wave: number, posServers: number): boolean {
  if (wave < LAST_WAVE) return failures > 0;
  return failures > FAILURES_BORNE && failures > posServers * SHARE_BORNE;
}
