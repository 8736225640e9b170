import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { listAwaited } from "../enrolment/decide-enrolment.ts";
import { findNewestOpenCode } from "../enrolment/enrolment-codes.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { hasAnyAnswered } from "../installation/first-start.ts";
import { readChannels } from "../notifications/settings/find-channels.ts";

/** More agents can be let in under `/enrolments`. */
export const DECIDED_HERE = 3;

export type Progress = Awaited<ReturnType<typeof findProgress>>;
export type ConnectedPosServer = NonNullable<Progress["connected"]>;

export async function findProgress(db: Db, now: number) {
  const posServer = await db.selectFrom("posServer").select("id").limit(1).executeTakeFirst();
  return {
    /** By which an agent may still come. */
    openCode: await findNewestOpenCode(db, now),
    /** With one more than can be let in here. */
    awaited: await listAwaited(db, DECIDED_HERE + 1),
    organizations: await listOrganizations(db, "all"),
    hasPosServers: posServer !== undefined,
    connected: await findConnected(db),
    /** Invited ones too. */
    users: await countRows(db.selectFrom("user").where("isBlocked", "=", 0)),
    /** Of everybody, those that work first. */
    channels: (await readChannels(db)).filter(({ ownerId, isEnabled }) => ownerId === null && isEnabled),
  };
}

/** A POS server that has answered, or else the agent registered last. */
async function findConnected(db: Db) {
  const connected = db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id", "posServer.name", "organization.name as organizationName"])
    .select(["state", "lastUpdateAt", "lastSyncAt", "logEvidence"])
    .limit(1);
  const row = (await hasAnyAnswered(db))
    ? await connected.where("lastUpdateAt", "is not", null).executeTakeFirst()
    : await connected
        .where(({ eb, or }) => or([eb("connection", "=", "dial_out"), eb("address", "is not", null)]))
        .orderBy("posServer.id", "desc")
        .executeTakeFirst();
  return row ?? null;
}
