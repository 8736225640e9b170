import { type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { sortText } from "../../database/text.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import type { TimeSpan } from "../time-spans.ts";
import type { IncidentKind } from "./incident.ts";

export interface IncidentFilter {
  status: "open" | "opened" | "closed" | "lasted";
  /** When they were opened, again too, or closed, or lasted, ms UTC. */
  within: TimeSpan;
  organizationId: number | null;
  kind: IncidentKind | null;
  posServerId: number | null;
  /** In the error, the organization or the POS servers (name, address, CrmId); empty = all. */
  search: string;
}

export function matchesIncidents(access: OrganizationAccess, filter: IncidentFilter) {
  return (eb: ExpressionBuilder<Database, "incident">) => {
    const { status, within, organizationId, kind, posServerId, search } = filter;
    const inTime = {
      open: () => eb("closedAt", "is", null),
      opened: () => eb.or([eb("openedAt", ">=", within.from), cameBack(eb, within.from)]),
      closed: () => eb("closedAt", ">=", within.from),
      lasted: () =>
        eb.and([
          eb("openedAt", "<", within.to),
          eb.or([eb("closedAt", "is", null), eb("closedAt", ">", within.from)]),
        ]),
    }[status]();
    return eb.and([
      inTime,
      // An incident that became part of another is shown with it.
      eb("endedBy", "is distinct from", "joined"),
      ...(kind === null ? [] : [eb("kind", "=", kind)]),
      concerns(eb, access, organizationId),
      ...(posServerId === null ? [] : [concernsPosServer(eb, posServerId)]),
      ...(search === "" ? [] : [concernsFound(eb, access, search)]),
    ]);
  };
}

function concerns(
  { exists, selectFrom, val }: ExpressionBuilder<Database, "incident">,
  access: OrganizationAccess,
  organizationId: number | null,
) {
  return exists(
    selectFrom("incidentOrganization")
      .innerJoin("organization", "organization.id", "incidentOrganization.organizationId")
      .select(sql.lit(1).as("one"))
      .whereRef("incidentOrganization.incidentId", "=", "incident.id")
      .where(isShownTo(access))
      .$if(organizationId !== null, (query) => query.where("organization.id", "=", val(organizationId ?? 0))),
  );
}

function cameBack({ exists, selectFrom }: ExpressionBuilder<Database, "incident">, from: number) {
  return exists(
    selectFrom("incidentEvent")
      .select(sql.lit(1).as("one"))
      .whereRef("incidentEvent.incidentId", "=", "incident.id")
      .where("incidentEvent.kind", "=", "reopened")
      .where("at", ">=", from),
  );
}

function concernsPosServer(
  { exists, selectFrom }: ExpressionBuilder<Database, "incident">,
  posServerId: number,
) {
  return exists(
    selectFrom("incidentMember")
      .select(sql.lit(1).as("one"))
      .whereRef("incidentMember.incidentId", "=", "incident.id")
      .where("incidentMember.posServerId", "=", posServerId),
  );
}

function concernsFound(
  eb: ExpressionBuilder<Database, "incident">,
  access: OrganizationAccess,
  search: string,
) {
  const ofPosServers = eb
    .selectFrom("incidentMember")
    .innerJoin("posServer", "posServer.id", "incidentMember.posServerId")
    .innerJoin("organization", "organization.id", "incidentMember.organizationId")
    .select(sql.lit(1).as("one"))
    .whereRef("incidentMember.incidentId", "=", "incident.id")
    .where(isVisibleTo(access, "incidentMember.organizationId"))
    .where(({ or, ref }) =>
      or([
        sql<SqlBool>`instr(${ref("posServer.searchText")}, ${search}) > 0`,
        sql<SqlBool>`instr(${ref("organization.nameSort")}, ${sortText(search)}) > 0`,
      ]),
    );
  const isFoundInError = sql<SqlBool>`cause_id in (select id from cause where instr(search, ${search}) > 0)`;
  // The error of a common incident may be of a POS server that the viewer may not see.
  const isOwnError = access === "all" ? isFoundInError : eb.and([eb("kind", "=", "single"), isFoundInError]);
  return eb.or([isOwnError, eb.exists(ofPosServers)]);
}
