import { versionSortKey } from "../../../protocol/versions.ts";
import type { Db } from "../../database/schema.ts";

/** What agents would be updated to. */
export interface WantedVersion {
  version: string;
  keyId: string;
}

/** POS servers in use whose agents take updates of this key and have an older version, which they have not gone back from. */
export function selectUpdatable(db: Db, { version, keyId }: WantedVersion) {
  return db
    .selectFrom("posStatus")
    .where("updateKey", "=", keyId)
    .where("agentVersionSort", "<", versionSortKey(version))
    .where("standing", "=", "active")
    .where(({ or, eb }) => or([eb("rejectedVersion", "is", null), eb("rejectedVersion", "<>", version)]));
}

/** Those of them that answer now: whoever is away is updated when it comes back. */
export function selectCandidates(db: Db, wanted: WantedVersion) {
  return selectUpdatable(db, wanted).where("failedPolls", "=", 0);
}

/**
 * Lists candidates that have no place in a rollout yet: those whose exchange works first, since of a POS server in trouble it
 * would be hard to say what an update did.
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

/** How many POS servers are still to come in a rollout, those that are away now too. */
export async function countLeft(db: Db, rollout: WantedVersion & { id: number }): Promise<number> {
  const { count } = await withoutPlace(selectUpdatable(db, rollout), rollout.id)
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
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
