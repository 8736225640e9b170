import type { Db } from "../../database/schema.ts";

/** An update that was begun, as its row comes out; times in ms UTC. */
export interface Rollout {
  id: number;
  version: string;
  sha256: string;
  keyId: string;
  wave: number;
  waveSize: number;
  startedAt: number;
  userName: string;
  continuedAt: number | null;
  stoppedAt: number | null;
  /** null = the program, because of failures. */
  stoppedBy: string | null;
}

/** The rollout that was begun last, the only one that is kept. @returns null when there has been none. */
export async function findRollout(db: Db): Promise<Rollout | null> {
  const rollout = await db
    .selectFrom("agent_rollout")
    .select(["id", "version", "sha256", "key_id as keyId", "wave", "wave_size as waveSize"])
    .select(["started_at as startedAt", "user_name as userName", "continued_at as continuedAt"])
    .select(["stopped_at as stoppedAt", "stopped_by as stoppedBy"])
    .executeTakeFirst();
  return rollout ?? null;
}
