import { type Selectable, sql } from "kysely";
import { countRows } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";
import type { IncidentTable } from "../../database/tables/incident-tables.ts";
import type { CauseInWords } from "../../database/tables/status-tables.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import { type CauseExample, exampleOfIncident, findCauseExample, withoutNames } from "../cause-example.ts";
import { isSilence } from "./incident.ts";
import { type IncidentFilter, matchesIncidents } from "./incident-filter.ts";

/**
 * As this viewer may see it: only their POS servers count. `posServer`: of a single incident; its `id` is null once
 * deleted. `failingSince`: of a single one that lasts the age of the problem that the POS server has everywhere.
 * `silentSince`: since when a POS server with another cause does not answer.
 */
export type ShownIncident = Awaited<ReturnType<typeof readIncidents>>[number];

export const PAGE_INCIDENTS = 50;

/** Lists a page of incidents, newest first; common ones first among open ones. */
export async function listIncidents(
  db: Db,
  access: OrganizationAccess,
  filter: IncidentFilter,
  page: number,
): Promise<ShownIncident[]> {
  const listed = await db
    .selectFrom("incident")
    .select("id")
    .where(matchesIncidents(access, filter))
    .$if(filter.status === "open", (query) => query.orderBy(sql`kind = 'common'`, "desc"))
    .orderBy(filter.status === "closed" ? "closedAt" : "openedAt", "desc")
    .orderBy("id", "desc")
    .offset((page - 1) * PAGE_INCIDENTS)
    .limit(PAGE_INCIDENTS)
    .execute();
  const ids = listed.map(({ id }) => id);
  return await readIncidents(db, access, ids, filter.organizationId);
}

/** Lists incidents from the newest on: those with a lower id than `before`. */
export async function listIncidentsBefore(
  db: Db,
  access: OrganizationAccess,
  filter: IncidentFilter,
  { before, limit }: { before: number; limit: number },
): Promise<ShownIncident[]> {
  const listed = await db
    .selectFrom("incident")
    .select("id")
    .where(matchesIncidents(access, filter))
    .where("id", "<", before)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  const ids = listed.map(({ id }) => id);
  return await readIncidents(db, access, ids, filter.organizationId);
}

export async function countIncidents(db: Db, access: OrganizationAccess, filter: IncidentFilter) {
  return await countRows(db.selectFrom("incident").where(matchesIncidents(access, filter)));
}

/** null when it is not there, or none of its POS servers may be seen. */
export async function findIncident(db: Db, access: OrganizationAccess, id: number) {
  const [incident = null] = await readIncidents(db, access, [id]);
  return incident;
}

/** The open incident of a POS server, its own before a common one. */
export async function findOpenIncidentId(db: Db, posServerId: number): Promise<number | null> {
  const member = await db
    .selectFrom("incidentMember")
    .select("incidentId")
    .where("posServerId", "=", posServerId)
    .where("status", "!=", "left")
    .orderBy("incidentId")
    .limit(1)
    .executeTakeFirst();
  return member?.incidentId ?? null;
}

async function readIncidents(
  db: Db,
  access: OrganizationAccess,
  ids: readonly number[],
  organizationId: number | null = null,
) {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("incident")
    .innerJoin("incidentOrganization as counted", "counted.incidentId", "incident.id")
    .innerJoin("organization", "organization.id", "counted.organizationId")
    .leftJoin("cause", "cause.id", "causeId")
    .select(["incident.id", "kind", "causeKey", "openedAt"])
    .select(["reopenings", "failingSince", "downMs", "quietAt"])
    .select(["closedAt", "endedBy", "partOfId", "state"])
    .select(["failureCode", "detail", "serviceState", "lastSyncAt"])
    .select(({ fn }) => [
      fn.sum<number>("counted.failing").as("failing"),
      fn.sum<number>("counted.paused").as("paused"),
      fn.sum<number>("counted.members").as("members"),
      fn.countAll<number>().as("organizations"),
    ])
    .where("incident.id", "in", ids)
    .where(isShownTo(access))
    .$if(organizationId !== null, (query) => query.where("organization.id", "=", organizationId ?? 0))
    .groupBy("incident.id")
    .execute();
  const singles = rows.filter(({ kind }) => kind === "single").map(({ id }) => id);
  const posServers = await readPosServers(db, singles);
  const ownExamples = await findOwnExamples(db, access, rows);
  const found = new Map(
    rows.map((row) => {
      // Kept to itself: the error may be of a POS server that the viewer may not see.
      const { state, failureCode, serviceState, lastSyncAt, detail, ...incident } = row;
      const example = ownExamples.get(row.id) ?? exampleOfIncident(row);
      const posServer = posServers.get(row.id) ?? null;
      const isFailing = row.closedAt === null && row.failing > 0;
      const failingSince = (isFailing && posServer?.problemSince) || row.failingSince;
      const openedAt = Math.min(row.openedAt, failingSince);
      const isSilent = isFailing && !isSilence(row) && posServer !== null && isSilence(posServer);
      const silentSince = isSilent ? posServer.silentSince : null;
      return [row.id, { ...incident, openedAt, failingSince, silentSince, example, posServer }];
    }),
  );
  return ids.flatMap((id) => found.get(id) ?? []);
}

type IncidentCause = CauseInWords &
  Pick<Selectable<IncidentTable>, "id" | "kind" | "state" | "failureCode" | "serviceState" | "lastSyncAt">;

/**
 * Examples for somebody who does not see all POS servers: one of their own with the same cause, else the first one without
 * names and numbers.
 */
async function findOwnExamples(db: Db, access: OrganizationAccess, incidents: readonly IncidentCause[]) {
  const found = new Map<number, CauseExample>();
  if (access === "all") return found;
  for (const incident of incidents) {
    const { id, kind, causeKey } = incident;
    if (kind === "single" || causeKey === null) continue;
    const own = await findCauseExample(
      db
        .selectFrom("posStatus")
        .where("causeKey", "=", causeKey)
        .where("standing", "=", "active")
        .where(isVisibleTo(access, "organizationId")),
    );
    found.set(id, own ?? withoutNames(exampleOfIncident(incident)));
  }
  return found;
}

async function readPosServers(db: Db, incidentIds: readonly number[]) {
  const rows = await db
    .selectFrom("incidentMember")
    .innerJoin("organization", "organization.id", "incidentMember.organizationId")
    .leftJoin("posServer", "posServer.id", "incidentMember.posServerId")
    .leftJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["incidentId", "posServer.id", "organization.id as organizationId"])
    .select(["posStatus.causeKey", "lastSyncAt", "problemSince", "silentSince"])
    .select(["organization.name as organizationName", "organization.crmId"])
    .select(({ fn, ref, val }) =>
      fn.coalesce(ref("posServer.name"), ref("posServerName"), val("")).as("name"),
    )
    .where("incidentId", "in", incidentIds)
    .execute();
  return new Map(rows.map(({ incidentId, ...posServer }) => [incidentId, posServer]));
}
