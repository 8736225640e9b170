import { sql } from "kysely";
import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import { dayEnd, dayStart } from "../viewer/local-time.ts";
import { type AuditCursor, type AuditFilter, NO_ACCOUNT } from "./filter.ts";

const PAGE_EVENTS = 100;

/** Administrators see everything, others their organizations' events and their own. */
export interface AuditViewer {
  userId: number;
  isAdministrator: boolean;
  organizations: OrganizationAccess;
}

/**
 * One page, newest first, and where the next page begins.
 * @param options.isFolded without what batches did, for whoever sees their own entries, unless it is looked for.
 */
export async function listAuditEvents(
  db: Db,
  viewer: AuditViewer,
  filter: AuditFilter,
  timeZone: string,
  { pageEvents = PAGE_EVENTS, isFolded = false } = {},
) {
  const criteria = { ...criteriaOf(filter, timeZone, pageEvents + 1), isFolded };
  const rows = await selectShown(db)
    .where("auditEvent.id", "in", newestVisible(db, viewer, criteria))
    .orderBy("auditEvent.at", "desc")
    .orderBy("auditEvent.id", "desc")
    .limit(pageEvents + 1)
    .execute();
  const events = rows.slice(0, pageEvents);
  const last = events.at(-1);
  const next: AuditCursor | null = rows.length > pageEvents && last ? { at: last.at, id: last.id } : null;
  return { events, next };
}

export type ListedEvent = Awaited<ReturnType<typeof listAuditEvents>>["events"][number];

/** Counts the events that the filter finds and the viewer may see, up to `limit`. */
export async function countAuditEvents(
  db: Db,
  viewer: AuditViewer,
  filter: AuditFilter,
  timeZone: string,
  limit: number,
): Promise<number> {
  const ids = newestVisible(db, viewer, { ...criteriaOf(filter, timeZone, limit), isFolded: false });
  const found = db.selectFrom(ids.as("visible")).select("id").limit(limit);
  return await countRows(db.selectFrom(found.as("found")));
}

type Criteria = ReturnType<typeof criteriaOf> & { isFolded: boolean };

/** Days become times, ms UTC; `until` is excluded. */
function criteriaOf({ from, to, ...asked }: AuditFilter, timeZone: string, limit: number) {
  return {
    ...asked,
    from: from === null ? null : dayStart(from, timeZone),
    until: to === null ? null : dayEnd(to, timeZone),
    limit,
  };
}

function selectShown(db: Db) {
  return db
    .selectFrom("auditEvent")
    .leftJoin("organization", "organization.id", "auditEvent.organizationId")
    .leftJoin("posServer", "posServer.id", "auditEvent.posServerId")
    .select(["auditEvent.id", "auditEvent.at", "auditEvent.userId"])
    .select(["auditEvent.userLogin as login", "auditEvent.userName"])
    .select(["auditEvent.address", "auditEvent.action", "auditEvent.result", "auditEvent.subject"])
    .select(["auditEvent.detail", "auditEvent.times"])
    .select(["auditEvent.lastAt", "organization.name as organizationName"])
    .select(["posServer.id as posServerId", "posServer.organizationId as posServerOrganizationId"]);
}

/** The ids of a page and one more. Each branch reads an index from its newest end, so that a long log costs nothing. */
function newestVisible(db: Db, viewer: AuditViewer, criteria: Criteria) {
  const { isAdministrator, organizations, userId } = viewer;
  const newest = selectNewest(db, viewer, criteria);
  if (isAdministrator || criteria.user === userId) return newest;
  if (organizations === "all" || criteria.user !== null || criteria.action !== null) {
    return newest.where((eb) =>
      eb.or([
        eb.and([
          eb(unindexed("organizationId"), "is not", null),
          isVisibleTo(organizations, unindexed("organizationId"))(eb),
        ]),
        eb(unindexed("userId"), "=", userId),
      ]),
    );
  }
  const newestOfEach = newest.where("organizationId", "=", sql.ref<number>("organization.id"));
  const ofOrganizations = db
    .selectFrom("organization")
    .innerJoin("auditEvent as event", (join) => join.on("event.id", "in", newestOfEach))
    .select("event.id")
    .where(isVisibleTo(organizations, "organization.id"));
  const own = db.selectFrom(newest.where("userId", "=", userId).as("own")).select("own.id");
  return ofOrganizations.union(own);
}

/** With the plus, SQLite does not gather everything by this column's index when another index gives the order. */
function unindexed(column: "organizationId" | "userId") {
  return sql<number | null>`+${sql.ref(column)}`;
}

function selectNewest(db: Db, viewer: AuditViewer, criteria: Criteria) {
  let query = db.selectFrom("auditEvent").select("auditEvent.id");
  const { user, action, organizationId, posServerId, batchId, from, until, before } = criteria;
  if (user === NO_ACCOUNT) query = query.where("userId", "is", null);
  else if (user !== null) query = query.where("userId", "=", user);
  if (action !== null) query = query.where("action", "=", action);
  if (organizationId !== null) query = query.where("organizationId", "=", organizationId);
  if (posServerId !== null) query = query.where("posServerId", "=", posServerId);
  if (batchId !== null) query = query.where("batchId", "=", batchId);
  else if (criteria.isFolded && action === null && organizationId === null && posServerId === null)
    query = query.where((eb) => {
      const isFree = eb("batchId", "is", null);
      return viewer.isAdministrator
        ? isFree
        : eb.or([isFree, eb(unindexed("userId"), "is not", viewer.userId)]);
    });
  if (from !== null) query = query.where("at", ">=", from);
  if (until !== null) query = query.where("at", "<", until);
  if (before !== null) {
    query = query
      .where("at", "<=", before.at)
      .where(({ eb, or }) => or([eb("at", "<", before.at), eb("auditEvent.id", "<", before.id)]));
  }
  return query.orderBy("at", "desc").orderBy("auditEvent.id", "desc").limit(criteria.limit);
}
