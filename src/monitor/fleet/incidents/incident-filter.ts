import { type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { sortText } from "../../database/text.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import type { IncidentKind } from "./incident.ts";

/** Narrows incidents. Times in ms UTC; null = whatever they are. */
export interface IncidentFilter {
  status: "open" | "opened" | "closed";
  /** Of those that were opened or closed: since then. */
  since: number;
  organizationId: number | null;
  kind: IncidentKind | null;
  posServerId: number | null;
  /** Whose error, organization or POS servers (name, address, CrmId) have this text; empty = all. */
  search: string;
}

/** What a filter finds of what somebody may see. */
export function matchesIncidents(access: OrganizationAccess, filter: IncidentFilter) {
  return (eb: ExpressionBuilder<Database, "incident">) => {
    const { status, since, organizationId, kind, posServerId, search } = filter;
    const inTime = {
      open: () => eb("closed_at", "is", null),
      opened: () => eb("opened_at", ">=", since),
      closed: () => eb("closed_at", ">=", since),
    }[status]();
    return eb.and([
      inTime,
      // What has become a part of another one is told with that.
      eb("ended_by", "is distinct from", "joined"),
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
    selectFrom("incident_organization")
      .innerJoin("organization", "organization.id", "incident_organization.organization_id")
      .select(sql.lit(1).as("one"))
      .whereRef("incident_organization.incident_id", "=", "incident.id")
      .where(isShownTo(access))
      .$if(organizationId !== null, (query) => query.where("organization.id", "=", val(organizationId ?? 0))),
  );
}

function concernsPosServer(
  { exists, selectFrom }: ExpressionBuilder<Database, "incident">,
  posServerId: number,
) {
  return exists(
    selectFrom("incident_member")
      .select(sql.lit(1).as("one"))
      .whereRef("incident_member.incident_id", "=", "incident.id")
      .where("incident_member.pos_server_id", "=", posServerId),
  );
}

function concernsFound(
  eb: ExpressionBuilder<Database, "incident">,
  access: OrganizationAccess,
  search: string,
) {
  const ofPosServers = eb
    .selectFrom("incident_member")
    .innerJoin("pos_server", "pos_server.id", "incident_member.pos_server_id")
    .innerJoin("organization", "organization.id", "incident_member.organization_id")
    .select(sql.lit(1).as("one"))
    .whereRef("incident_member.incident_id", "=", "incident.id")
    .where(isVisibleTo(access, "incident_member.organization_id"))
    .where(({ or, ref }) =>
      or([
        sql<SqlBool>`instr(${ref("pos_server.search_text")}, ${search}) > 0`,
        sql<SqlBool>`instr(${ref("organization.name_sort")}, ${sortText(search)}) > 0`,
      ]),
    );
  const isFoundInError = sql<SqlBool>`instr(detail_search, ${search}) > 0`;
  // The error of many may be that of somebody else's POS server.
  const isOwnError = access === "all" ? isFoundInError : eb.and([eb("kind", "=", "single"), isFoundInError]);
  return eb.or([isOwnError, eb.exists(ofPosServers)]);
}
