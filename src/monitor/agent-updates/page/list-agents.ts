import type { Db } from "../../database/schema.ts";
import { selectCandidates, type WantedVersion } from "../rollouts/candidates.ts";

/** A POS server by its name. */
export interface NamedPosServer {
  id: number;
  name: string;
  organizationName: string;
}

/** POS servers with this version of the agent, by name. @param version null = it is not known. */
export async function listOfVersion(
  db: Db,
  version: string | null,
  limit: number,
): Promise<NamedPosServer[]> {
  return await withNames(
    db.selectFrom("posStatus").where("standing", "<>", "archived").where("agentVersion", "is", version),
    limit,
  );
}

/** POS servers that a rollout can begin with, by name. */
export async function listPossibleFirst(
  db: Db,
  wanted: WantedVersion,
  limit: number,
): Promise<NamedPosServer[]> {
  return await withNames(selectCandidates(db, wanted), limit);
}

async function withNames(
  posServers: ReturnType<typeof selectCandidates>,
  limit: number,
): Promise<NamedPosServer[]> {
  return await posServers
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "organization.name as organizationName"])
    .orderBy("posStatus.nameSort")
    .orderBy("posServer.id")
    .limit(limit)
    .execute();
}

/** Who of a rollout is being updated, or could not be: failures first, the newest of each first. */
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
