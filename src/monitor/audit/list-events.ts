import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import { dayEnd, dayStart } from "../viewer/local-days.ts";
import { type AuditCursor, type AuditFilter, NO_ACCOUNT } from "./filter.ts";

const PAGE_EVENTS = 100;

/** Whose log is shown: administrators see everything, others their organizations' events and their own. */
export interface AuditViewer {
  userId: number;
  isAdministrator: boolean;
  organizations: OrganizationAccess;
}

/** Which events are wanted: columns and times (ms UTC, the end excluded); null = all. */
interface Criteria extends Omit<AuditFilter, "from" | "to"> {
  from: number | null;
  until: number | null;
  limit: number;
}

/** Lists one page (of 100 unless told) of what the viewer may see, newest first, and where the next page begins. */
export async function listAuditEvents(
  db: Db,
  viewer: AuditViewer,
  filter: AuditFilter,
  timeZone: string,
  pageEvents = PAGE_EVENTS,
) {
  const criteria = criteriaOf(filter, timeZone, pageEvents + 1);
  const rows = await selectShown(db)
    .where("audit_event.id", "in", newestVisible(db, viewer, criteria))
    .orderBy("audit_event.at", "desc")
    .orderBy("audit_event.id", "desc")
    .limit(pageEvents + 1)
    .execute();
  const events = rows.slice(0, pageEvents);
  const last = events.at(-1);
  const next: AuditCursor | null = rows.length > pageEvents && last ? { at: last.at, id: last.id } : null;
  return { events, next };
}

export type ListedEvent = Awaited<ReturnType<typeof listAuditEvents>>["events"][number];

/** Whether the filter finds more than so many events that the viewer may see. */
export async function hasMoreAuditEvents(
  db: Db,
  viewer: AuditViewer,
  filter: AuditFilter,
  timeZone: string,
  count: number,
): Promise<boolean> {
  const ids = newestVisible(db, viewer, criteriaOf(filter, timeZone, count + 1));
  const beyond = await db.selectFrom(ids.as("found")).select("id").offset(count).limit(1).execute();
  return beyond.length > 0;
}

function criteriaOf(filter: AuditFilter, timeZone: string, limit: number): Criteria {
  const { from, to, ...asked } = filter;
  return {
    ...asked,
    from: from === null ? null : dayStart(from, timeZone),
    until: to === null ? null : dayEnd(to, timeZone),
    limit,
  };
}

function selectShown(db: Db) {
  return db
    .selectFrom("audit_event")
    .leftJoin("organization", "organization.id", "audit_event.organization_id")
    .leftJoin("pos_server", "pos_server.id", "audit_event.pos_server_id")
    .select(["audit_event.id", "audit_event.at", "audit_event.user_id as userId"])
    .select(["audit_event.user_login as login", "audit_event.user_name as userName"])
    .select(["audit_event.address", "audit_event.action", "audit_event.result", "audit_event.subject"])
    .select(["audit_event.detail", "audit_event.detail_parts as detailParts", "audit_event.times"])
    .select(["audit_event.last_at as lastAt", "organization.name as organizationName"])
    .select(["pos_server.id as posServerId", "pos_server.organization_id as posServerOrganizationId"]);
}

/** The ids of a page and one more. Each branch walks an index from its newest end, however long the log is. */
function newestVisible(db: Db, viewer: AuditViewer, criteria: Criteria) {
  const { isAdministrator, organizations, userId } = viewer;
  const newest = selectNewest(db, criteria);
  if (isAdministrator || criteria.user === userId) return newest;
  if (organizations === "all" || criteria.user !== null || criteria.action !== null) {
    return newest.where((eb) =>
      eb.or([
        eb.and([
          eb(unindexed("organization_id"), "is not", null),
          isVisibleTo(organizations, unindexed("organization_id"))(eb),
        ]),
        eb(unindexed("user_id"), "=", userId),
      ]),
    );
  }
  const newestOfEach = newest.where("organization_id", "=", sql.ref<number>("organization.id"));
  const ofOrganizations = db
    .selectFrom("organization")
    .innerJoin("audit_event as event", (join) => join.on("event.id", "in", newestOfEach))
    .select("event.id")
    .where(isVisibleTo(organizations, "organization.id"));
  const own = db.selectFrom(newest.where("user_id", "=", userId).as("own")).select("own.id");
  return ofOrganizations.union(own);
}

/** The plus keeps SQLite from gathering everything through this column's index when another one gives the order. */
function unindexed(column: "organization_id" | "user_id") {
  return sql<number | null>`+${sql.ref(column)}`;
}

function selectNewest(db: Db, criteria: Criteria) {
  let query = db.selectFrom("audit_event").select("audit_event.id");
  const { user, action, organizationId, posServerId, from, until, before } = criteria;
  if (user === NO_ACCOUNT) query = query.where("user_id", "is", null);
  else if (user !== null) query = query.where("user_id", "=", user);
  if (action !== null) query = query.where("action", "=", action);
  if (organizationId !== null) query = query.where("organization_id", "=", organizationId);
  if (posServerId !== null) query = query.where("pos_server_id", "=", posServerId);
  if (from !== null) query = query.where("at", ">=", from);
  if (until !== null) query = query.where("at", "<", until);
  if (before !== null) {
    query = query
      .where("at", "<=", before.at)
      .where(({ eb, or }) => or([eb("at", "<", before.at), eb("audit_event.id", "<", before.id)]));
  }
  return query.orderBy("at", "desc").orderBy("audit_event.id", "desc").limit(criteria.limit);
}
