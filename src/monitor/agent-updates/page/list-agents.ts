import type { Db } from "../../database/schema.ts";
import { selectCandidates, type WantedVersion } from "../rollouts/candidates.ts";

export type NamedPosServer = Awaited<ReturnType<typeof withNames>>[number];

/** POS servers with this version of the agent, by name. @param version null = it is not known. */
export async function listOfVersion(db: Db, version: string | null, limit: number) {
  const posServers = db.selectFrom("posStatus").where("standing", "<>", "archived");
  return await withNames(posServers.where("agentVersion", "is", version), limit);
}

/** POS servers that a rollout can begin with, by name. */
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

/** The updates of a rollout that are not done: failures first, the newest first. */
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
