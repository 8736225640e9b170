import type { FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import { isVisibleTo } from "../viewer/access.ts";
import { type AuditFilter, keepChoices, parseAuditFilter } from "./filter.ts";
import type { AuditViewer } from "./list-events.ts";

/** More are no use to choose from: an organization has to be chosen first. */
const MAX_POS_SERVERS = 500;

export type AuditChoices = Awaited<ReturnType<typeof listAuditChoices>>;

/** Archived organizations too, since the log is about the past. */
async function listAuditChoices(db: Db, viewer: AuditViewer, { organizationId, posServerId }: AuditFilter) {
  const posServers = selectPosServers(db, viewer);
  const offered = await posServers
    .$if(organizationId !== null, (query) => query.where("posServer.organizationId", "=", organizationId))
    .limit(MAX_POS_SERVERS + 1)
    .execute();
  const hasMorePosServers = offered.length > MAX_POS_SERVERS;
  const listed = hasMorePosServers && organizationId === null ? [] : offered.slice(0, MAX_POS_SERVERS);
  const isListed = posServerId === null || listed.some(({ id }) => id === posServerId);
  const chosen = isListed ? [] : await posServers.where("posServer.id", "=", posServerId).execute();
  return {
    users: await listUsers(db, viewer),
    /** Events without an account. */
    hasNoAccount: viewer.isAdministrator,
    organizations: await listOrganizations(db, viewer),
    posServers: [...chosen, ...listed],
    /** Too many to be offered without an organization. */
    hasMorePosServers,
  };
}

/** Those who can act where the viewer looks; for administrators everybody. */
async function listUsers(db: Db, { userId, isAdministrator, organizations }: AuditViewer) {
  const rightsHolders = db
    .selectFrom("userOrganization")
    .select("userId")
    // A condition that is always true would keep SQLite from its index.
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

export async function readAuditRequest(db: Db, request: FastifyRequest) {
  const { id: userId, isAdministrator } = request.signedInUser();
  const auditViewer = { userId, isAdministrator, organizations: request.viewer.organizations };
  const asked = parseAuditFilter(request.query);
  const choices = await listAuditChoices(db, auditViewer, asked.filter);
  return { auditViewer, choices, ...keepChoices(asked, choices) };
}
