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
    db.selectFrom("pos_status").where("standing", "<>", "archived").where("agent_version", "is", version),
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
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "pos_server.name", "organization.name as organizationName"])
    .orderBy("pos_status.name_sort")
    .orderBy("pos_server.id")
    .limit(limit)
    .execute();
}

/** Who of a rollout is being updated, or could not be: failures first, the newest of each first. */
export async function listUnfinished(db: Db, rolloutId: number, limit: number) {
  return await db
    .selectFrom("agent_update")
    .innerJoin("pos_server", "pos_server.id", "agent_update.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "pos_server.name", "organization.name as organizationName"])
    .select(["state", "state_since as stateSince", "again_at as againAt"])
    .select(["failure_code as failureCode", "failure_detail as failureDetail"])
    .where("rollout_id", "=", rolloutId)
    .where("state", "<>", "done")
    .orderBy(({ eb }) => eb("state", "<>", "failed"))
    .orderBy("state_since", "desc")
    .limit(limit)
    .execute();
}
export type UnfinishedUpdate = Awaited<ReturnType<typeof listUnfinished>>[number];
