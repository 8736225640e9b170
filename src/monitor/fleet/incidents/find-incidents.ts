import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import { type CauseExample, exampleOfIncident, findCauseExample, withoutNames } from "../cause-example.ts";
import type { IncidentEnd, IncidentKind } from "./incident.ts";
import { type IncidentFilter, matchesIncidents } from "./incident-filter.ts";

/** An incident as somebody may see it: counted are the POS servers that are theirs. */
export interface ShownIncident {
  id: number;
  kind: IncidentKind;
  causeKey: string | null;
  example: CauseExample;
  openedAt: number;
  reopenings: number;
  failingSince: number;
  downMs: number;
  /** Of a single one that is open: since when its POS server has not answered, though that is not the cause; ms UTC. */
  silentSince: number | null;
  quietAt: number | null;
  closedAt: number | null;
  endedBy: IncidentEnd | null;
  partOfId: number | null;
  failing: number;
  paused: number;
  members: number;
  organizations: number;
  /** Of a single one. */
  posServer: IncidentPosServer | null;
}

export interface IncidentPosServer {
  /** null = it is gone from the registry. */
  id: number | null;
  name: string;
  organizationId: number;
  organizationName: string;
  crmId: string;
  /** Its last exchange as it is known now, ms UTC. */
  lastSyncAt: number | null;
}

export const PAGE_INCIDENTS = 50;

/** Lists a page of incidents: of open ones those of many first, then the newest. */
export async function listIncidents(
  db: Db,
  access: OrganizationAccess,
  filter: IncidentFilter,
  page: number,
): Promise<ShownIncident[]> {
  const rows = await db
    .selectFrom("incident")
    .select("id")
    .where(matchesIncidents(access, filter))
    .$if(filter.status === "open", (query) => query.orderBy(sql`kind = 'common'`, "desc"))
    .orderBy(filter.status === "closed" ? "closedAt" : "openedAt", "desc")
    .orderBy("id", "desc")
    .offset((page - 1) * PAGE_INCIDENTS)
    .limit(PAGE_INCIDENTS)
    .execute();
  return await readIncidents(
    db,
    access,
    rows.map(({ id }) => id),
    filter.organizationId,
  );
}

/** Counts the incidents that a filter finds. */
export async function countIncidents(
  db: Db,
  access: OrganizationAccess,
  filter: IncidentFilter,
): Promise<number> {
  const { incidents } = await db
    .selectFrom("incident")
    .select(({ fn }) => fn.countAll<number>().as("incidents"))
    .where(matchesIncidents(access, filter))
    .executeTakeFirstOrThrow();
  return incidents;
}

/** Finds one incident; null when it is not there, or concerns nobody that may be seen. */
export async function findIncident(
  db: Db,
  access: OrganizationAccess,
  id: number,
): Promise<ShownIncident | null> {
  const [incident = null] = await readIncidents(db, access, [id]);
  return incident;
}

/** The open incident that a POS server is in: its own, though another may cover it; null = none. */
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
): Promise<ShownIncident[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("incident")
    .innerJoin("incidentOrganization as counted", "counted.incidentId", "incident.id")
    .innerJoin("organization", "organization.id", "counted.organizationId")
    .select(["incident.id", "kind", "causeKey", "openedAt"])
    .select(["reopenings", "failingSince", "downMs", "quietAt"])
    .select(["closedAt", "endedBy", "incident.silentSince"])
    .select(["partOfId", "state", "failureCode", "detail"])
    .select(["serviceState", "lastSyncAt"])
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
    rows.map(({ state, failureCode, serviceState, lastSyncAt, detail, ...incident }) => [
      incident.id,
      {
        ...incident,
        example:
          ownExamples.get(incident.id) ??
          exampleOfIncident({ state, failureCode, serviceState, lastSyncAt, detail }, incident.causeKey),
        posServer: posServers.get(incident.id) ?? null,
      },
    ]),
  );
  return ids.flatMap((id) => found.get(id) ?? []);
}

/**
 * What those of somebody's own POS servers say that have the cause of an incident of many, by incident; of where none says it any more,
 * what others said without names and numbers. Whoever sees all is told what was said first.
 */
async function findOwnExamples(
  db: Db,
  access: OrganizationAccess,
  incidents: readonly (Omit<CauseExample, "isUntraced" | "text"> &
    Pick<ShownIncident, "id" | "kind" | "causeKey"> & { detail: string | null })[],
): Promise<Map<number, CauseExample>> {
  const found = new Map<number, CauseExample>();
  if (access === "all") return found;
  for (const { id, kind, causeKey, ...known } of incidents) {
    if (kind === "single" || causeKey === null) continue;
    const own = await findCauseExample(
      db
        .selectFrom("posStatus")
        .where("causeKey", "=", causeKey)
        .where("standing", "=", "active")
        .where(isVisibleTo(access, "organizationId")),
    );
    found.set(id, own ?? withoutNames(exampleOfIncident(known, causeKey)));
  }
  return found;
}

/** The POS servers of single incidents, by incident. */
async function readPosServers(
  db: Db,
  incidentIds: readonly number[],
): Promise<Map<number, IncidentPosServer>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("incidentMember")
    .innerJoin("organization", "organization.id", "incidentMember.organizationId")
    .leftJoin("posServer", "posServer.id", "incidentMember.posServerId")
    .leftJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["incidentId", "posServer.id", "organization.id as organizationId"])
    .select("lastSyncAt")
    .select(["organization.name as organizationName", "organization.crmId"])
    .select(({ fn, ref, val }) =>
      fn.coalesce(ref("posServer.name"), ref("posServerName"), val("")).as("name"),
    )
    .where("incidentId", "in", incidentIds)
    .execute();
  return new Map(rows.map(({ incidentId, ...posServer }) => [incidentId, posServer]));
}
