import type { Db } from "../../database/schema.ts";
import type { Rollout } from "./rollout.ts";
import { NOBODY, type WaveCounts } from "./waves.ts";

/** Has these POS servers updated in this wave. */
export async function addToWave(
  db: Db,
  { id, wave }: Pick<Rollout, "id" | "wave">,
  posServerIds: readonly number[],
  now: number,
): Promise<void> {
  if (posServerIds.length === 0) return;
  const rows = posServerIds.map((posServerId) => ({
    rollout_id: id,
    pos_server_id: posServerId,
    wave,
    state: "waiting" as const,
    state_since: now,
  }));
  await db.insertInto("agent_update").values(rows).execute();
}

/**
 * Takes out of a wave those that went away before they were sent anything: others take their places, and they come later.
 * @param underWay those that are being sent it just now.
 */
export async function dropAway(
  db: Db,
  { id, wave }: Pick<Rollout, "id" | "wave">,
  underWay: readonly number[],
): Promise<void> {
  await db
    .deleteFrom("agent_update")
    .where("rollout_id", "=", id)
    .where("wave", "=", wave)
    .where("state", "=", "waiting")
    // Of one that did not answer to it nobody knows whether it has it.
    .where("failure_code", "is", null)
    .$if(underWay.length > 0, (away) => away.where("pos_server_id", "not in", underWay))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("pos_status")
          .select("state")
          .whereRef("pos_status.pos_server_id", "=", "agent_update.pos_server_id")
          .where(({ or, eb }) => or([eb("failed_polls", ">", 0), eb("standing", "<>", "active")])),
      ),
    )
    .execute();
}

/** How many POS servers of each wave are in which state, from the first. */
export async function countWaves(db: Db, rolloutId: number): Promise<WaveCounts[]> {
  const rows = await db
    .selectFrom("agent_update")
    .select(["wave", "state", ({ fn }) => fn.countAll<number>().as("count")])
    .where("rollout_id", "=", rolloutId)
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
