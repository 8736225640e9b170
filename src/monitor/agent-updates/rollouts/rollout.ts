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
    .selectFrom("agentRollout")
    .select(["id", "version", "sha256", "keyId", "wave", "waveSize"])
    .select(["startedAt", "userName", "continuedAt"])
    .select(["stoppedAt", "stoppedBy"])
    .executeTakeFirst();
  return rollout ?? null;
}
