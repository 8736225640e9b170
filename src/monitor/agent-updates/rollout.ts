import { versionSortKey } from "../../protocol/versions.ts";
import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";

/** Times in ms UTC. `stoppedBy` null = stopped by the program, because of failures. */
export type Rollout = NonNullable<Awaited<ReturnType<typeof findRollout>>>;

/** The last rollout, the only one that is kept; null = there was none. */
export async function findRollout(db: Db) {
  const rollout = await db
    .selectFrom("agentRollout")
    .select(["id", "version", "sha256", "keyId"])
    .select(["startedAt", "userName", "continuedAt"])
    .select(["stoppedAt", "stoppedBy"])
    .executeTakeFirst();
  return rollout ?? null;
}

export type UpdateCounts = Record<"waiting" | "sent" | "done" | "failed", number>;

/** POS servers of a rollout by state. */
export async function countUpdates(db: Db, rolloutId: number): Promise<UpdateCounts> {
  const rows = await db
    .selectFrom("agentUpdate")
    .select(["state", ({ fn }) => fn.countAll<number>().as("count")])
    .where("rolloutId", "=", rolloutId)
    .groupBy("state")
    .execute();
  const counts: UpdateCounts = { waiting: 0, sent: 0, done: 0, failed: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}

export interface WantedVersion {
  version: string;
  keyId: string;
}

/** POS servers in use whose agents accept updates of this key, have an older version, and have not gone back from this one. */
export function selectUpdatable(db: Db, { version, keyId }: WantedVersion) {
  return db
    .selectFrom("posStatus")
    .where("updateKey", "=", keyId)
    .where("agentVersionSort", "<", versionSortKey(version))
    .where("standing", "=", "active")
    .where(({ or, eb }) => or([eb("rejectedVersion", "is", null), eb("rejectedVersion", "<>", version)]));
}

/** Those that answer now; others are updated when they are back. */
export function selectCandidates(db: Db, wanted: WantedVersion) {
  return selectUpdatable(db, wanted).where("failedPolls", "=", 0);
}

/**
 * Candidates that are not in the rollout yet, first those whose exchange works: at a POS server in trouble the effect of
 * an update would be hard to see.
 */
export async function listCandidates(
  db: Db,
  wanted: WantedVersion,
  { rolloutId, limit }: { rolloutId: number | null; limit: number },
): Promise<number[]> {
  const rows = await withoutPlace(selectCandidates(db, wanted), rolloutId)
    .select("posStatus.posServerId as id")
    .orderBy(({ eb }) => eb("state", "<>", "synced"))
    .orderBy("posStatus.posServerId")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** How many are still to come, including those that are away. */
export async function countLeft(db: Db, rollout: WantedVersion & { id: number }): Promise<number> {
  return await countRows(withoutPlace(selectUpdatable(db, rollout), rollout.id));
}

function withoutPlace(posServers: ReturnType<typeof selectUpdatable>, rolloutId: number | null) {
  return posServers.where(({ not, exists, selectFrom }) =>
    not(
      exists(
        selectFrom("agentUpdate")
          .select("rolloutId")
          .where("rolloutId", "is", rolloutId)
          .whereRef("agentUpdate.posServerId", "=", "posStatus.posServerId"),
      ),
    ),
  );
}
