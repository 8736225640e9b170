import type { Db } from "../../database/schema.ts";

/** Times in ms UTC. `stoppedBy` null = stopped by the program, because of failures. */
export type Rollout = NonNullable<Awaited<ReturnType<typeof findRollout>>>;

/** The last rollout, the only one that is kept; null = there was none. */
export async function findRollout(db: Db) {
  const rollout = await db
    .selectFrom("agentRollout")
    .select(["id", "version", "sha256", "keyId", "wave", "waveSize"])
    .select(["startedAt", "userName", "continuedAt"])
    .select(["stoppedAt", "stoppedBy"])
    .executeTakeFirst();
  return rollout ?? null;
}
