import type { FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import { isVisibleTo } from "../viewer/access.ts";
import { keepChoices, parseAuditFilter } from "./filter.ts";
import type { AuditViewer } from "./list-events.ts";

/** A longer list of POS servers is of no use to choose from: it is narrowed by an organization first. */
const MAX_POS_SERVERS = 500;

/** What the filter of the log offers to its viewer, by name. */
export interface AuditChoices {
  users: { id: number; login: string; name: string }[];
  /** Whether events of nobody in the registry can be seen. */
  hasNoAccount: boolean;
  organizations: { id: number; name: string; crmId: string }[];
  posServers: { id: number; organizationId: number; name: string; organizationName: string }[];
  /** Too many to be offered without an organization. */
  hasMorePosServers: boolean;
}

/** Lists what the viewer may filter by; archived organizations too, since the log is about the past. */
async function listAuditChoices(
  db: Db,
  viewer: AuditViewer,
  chosen: { organizationId: number | null; posServerId: number | null },
): Promise<AuditChoices> {
  const offered = await selectPosServers(db, viewer)
    .$if(chosen.organizationId !== null, (query) =>
      query.where("posServer.organizationId", "=", chosen.organizationId ?? 0),
    )
    .limit(MAX_POS_SERVERS + 1)
    .execute();
  const hasMorePosServers = offered.length > MAX_POS_SERVERS;
  const listed = hasMorePosServers && chosen.organizationId === null ? [] : offered.slice(0, MAX_POS_SERVERS);
  const isListed = listed.some(({ id }) => id === chosen.posServerId);
  const named =
    chosen.posServerId === null || isListed
      ? []
      : await selectPosServers(db, viewer).where("posServer.id", "=", chosen.posServerId).execute();
  return {
    users: await listUsers(db, viewer),
    hasNoAccount: viewer.isAdministrator,
    organizations: await listOrganizations(db, viewer),
    posServers: [...named, ...listed],
    hasMorePosServers,
  };
}

/** Those who can act where the viewer looks; for administrators everybody. */
async function listUsers(db: Db, { userId, isAdministrator, organizations }: AuditViewer) {
  const rightsHolders = db
    .selectFrom("userOrganization")
    .select("userId")
    // Unnarrowed it is looked up in its index; a condition that is always true would make SQLite gather it first.
    .$if(organizations !== "all", (query) => query.where(isVisibleTo(organizations, "organizationId")));
  return await db
    .selectFrom("user")
    .select(["id", "login", "name"])
    .$if(!isAdministrator, (query) =>
      query.where(({ eb, or }) =>
        or([
          eb("id", "=", userId),
          eb("isAdministrator", "=", 1),
          eb("hasAllOrganizations", "=", 1),
          eb("id", "in", rightsHolders),
        ]),
      ),
    )
    .orderBy("nameSort")
    .orderBy("id")
    .execute();
}

async function listOrganizations(db: Db, { organizations }: AuditViewer) {
  return await db
    .selectFrom("organization")
    .select(["id", "name", "crmId"])
    .where(isVisibleTo(organizations, "id"))
    .orderBy("nameSort")
    .orderBy("id")
    .execute();
}

function selectPosServers(db: Db, { organizations }: AuditViewer) {
  return db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.organizationId", "posServer.name"])
    .select("organization.name as organizationName")
    .where(isVisibleTo(organizations, "posServer.organizationId"))
    .orderBy("posServer.nameSort")
    .orderBy("posServer.id");
}

/** Who asks for the log, by which filter, and what else there is to choose from. */
export async function readAuditRequest(db: Db, request: FastifyRequest) {
  const { id: userId, isAdministrator } = request.signedInUser();
  const auditViewer = { userId, isAdministrator, organizations: request.viewer.organizations };
  const asked = parseAuditFilter(request.query);
  const choices = await listAuditChoices(db, auditViewer, asked.filter);
  return { auditViewer, choices, ...keepChoices(asked, choices) };
}
