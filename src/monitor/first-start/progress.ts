import type { Evidence } from "../../protocol/status-report.ts";
import type { Db } from "../database/schema.ts";
import { type AwaitedEnrolment, listAwaited } from "../enrolment/decide-enrolment.ts";
import { findNewestOpenCode } from "../enrolment/enrolment-codes.ts";
import type { PosServerState } from "../fleet/state.ts";
import { hasAnyAnswered } from "../installation/first-start.ts";
import {
  type ActiveOrganization,
  listActiveOrganizations,
} from "../organizations/registry/active-organizations.ts";

/** What can be decided here; the others stand under `/enrolments`. */
export const DECIDED_HERE = 3;

/** A POS server that has an agent. */
export interface ConnectedPosServer {
  id: number;
  name: string;
  organizationName: string;
  state: PosServerState;
  /** ms UTC; null = it has not answered yet. */
  lastUpdateAt: number | null;
  lastSyncAt: number | null;
  logEvidence: Evidence | null;
}

/** How far the first start has come. */
export interface Progress {
  /** Of the code by which an agent may still come; ms UTC. */
  openCode: { createdAt: number; endsAt: number } | null;
  /** Agents that wait to be let in: as many as can be decided here, and one more if there are more. */
  awaited: AwaitedEnrolment[];
  organizations: ActiveOrganization[];
  hasPosServers: boolean;
  /** One that has answered, or else the one that was registered last. */
  connected: ConnectedPosServer | null;
  /** Those that are only invited too. */
  users: number;
}

/** Finds how far the first start has come at `now` (ms UTC). */
export async function findProgress(db: Db, now: number): Promise<Progress> {
  const posServer = await db.selectFrom("posServer").select("id").limit(1).executeTakeFirst();
  const { users } = await db
    .selectFrom("user")
    .select(({ fn }) => fn.countAll<number>().as("users"))
    .where("isBlocked", "=", 0)
    .executeTakeFirstOrThrow();
  return {
    openCode: await findNewestOpenCode(db, now),
    awaited: await listAwaited(db, DECIDED_HERE + 1),
    organizations: await listActiveOrganizations(db),
    hasPosServers: posServer !== undefined,
    connected: await findConnected(db),
    users,
  };
}

async function findConnected(db: Db): Promise<ConnectedPosServer | null> {
  const connected = db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id", "posServer.name", "organization.name as organizationName", "state"])
    .select(["lastUpdateAt", "lastSyncAt"])
    .select("logEvidence")
    .limit(1);
  const row = (await hasAnyAnswered(db))
    ? await connected.where("lastUpdateAt", "is not", null).executeTakeFirst()
    : await connected
        .where(({ eb, or }) => or([eb("connection", "=", "dial_out"), eb("address", "is not", null)]))
        .orderBy("posServer.id", "desc")
        .executeTakeFirst();
  return row ?? null;
}
