import type { Db } from "../../database/schema.ts";
import { selectCandidates, type WantedVersion } from "../rollouts/candidates.ts";

export type NamedPosServer = Awaited<ReturnType<typeof withNames>>[number];

/** By name. @param version null = unknown. */
export async function listOfVersion(db: Db, version: string | null, limit: number) {
  const posServers = db.selectFrom("posStatus").where("standing", "<>", "archived");
  return await withNames(posServers.where("agentVersion", "is", version), limit);
}

/** POS servers with which a rollout can begin, by name. */
export async function listPossibleFirst(db: Db, wanted: WantedVersion, limit: number) {
  return await withNames(selectCandidates(db, wanted), limit);
}

async function withNames(posServers: ReturnType<typeof selectCandidates>, limit: number) {
  return await posServers
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "organization.name as organizationName"])
    .orderBy("posStatus.nameSort")
    .orderBy("posServer.id")
    .limit(limit)
    .execute();
}

/** Failures first, then the newest. */
export async function listUnfinished(db: Db, rolloutId: number, limit: number) {
  return await db
    .selectFrom("agentUpdate")
    .innerJoin("posServer", "posServer.id", "agentUpdate.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "organization.name as organizationName"])
    .select(["state", "stateSince", "againAt"])
    .select(["failureCode", "failureDetail"])
    .where("rolloutId", "=", rolloutId)
    .where("state", "<>", "done")
    .orderBy(({ eb }) => eb("state", "<>", "failed"))
    .orderBy("stateSince", "desc")
    .limit(limit)
    .execute();
}
export type UnfinishedUpdate = Awaited<ReturnType<typeof listUnfinished>>[number];
