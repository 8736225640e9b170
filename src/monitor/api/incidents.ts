import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { DAY_MS } from "../../protocol/time-units.ts";
import { searchText } from "../database/text.ts";
import { adviceOnExample } from "../fleet/cause-example.ts";
import { titleOfCause } from "../fleet/cause-in-words.ts";
import { findIncident, listIncidentsBefore, type ShownIncident } from "../fleet/incidents/find-incidents.ts";
import { isFlapping } from "../fleet/incidents/incident.ts";
import { listMembers } from "../fleet/incidents/list-members.ts";
import { found } from "../plugins/found.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { cursorOf, pageFrom, readCursor } from "./cursor.ts";
import {
  ById,
  Coded,
  Id,
  Limit,
  Named,
  nullable,
  OrganizationId,
  oneOf,
  operation,
  pageOf,
  strictObject,
  Time,
  timeOf,
  timeOrNull,
  usually,
} from "./schemas.ts";

const MAX_MEMBERS = 1_000;
const MAX_TEXT_LENGTH = 100;

const Incident = Type.Object({
  id: Id,
  kind: oneOf(["single", "common"]),
  openedAt: Type.String({ ...Time, description: "When it began, which may be before it was noticed." }),
  closedAt: nullable(Time),
  endedBy: nullable(
    Type.String({
      description:
        "`recovered`; `answered`: without an exchange; `own_cause`: another trouble remains; `parked`, `archived`, `removed`, `unsupported`.",
    }),
  ),
  isFlapping: Type.Boolean(),
  cause: nullable(Coded),
  error: nullable(Type.String()),
  failing: Type.Integer({ description: "POS servers that fail now." }),
  posServers: Type.Integer({ description: "All that it has concerned." }),
  posServer: nullable(
    Type.Object(
      { id: nullable(Id), name: Type.String(), organization: Named },
      { description: "Of a single incident; its id is null once it is deleted." },
    ),
  ),
});
const Member = Type.Object({
  id: nullable(Id),
  name: Type.String(),
  status: oneOf(["failing", "paused", "left"]),
  joinedAt: Time,
  leftAt: nullable(Time),
});
const WholeIncident = Type.Object({
  ...Incident.properties,
  members: Type.Array(Member, { description: `At most ${MAX_MEMBERS}.` }),
});
const ListQuery = strictObject({
  status: usually(oneOf(["open", "opened", "closed"]), "open"),
  since: Type.Optional(
    Type.String({
      ...Time,
      description:
        "Of those opened, again too, or closed: since then, a month ago at most; by default a day ago. A failure may be noticed minutes after its time: ask from some before the last call.",
    }),
  ),
  kind: Type.Optional(oneOf(["single", "common"])),
  organization: Type.Optional(OrganizationId),
  posServer: Type.Optional(Id),
  q: usually(Type.String({ maxLength: MAX_TEXT_LENGTH, description: "A part of a name or an error." }), ""),
  limit: Limit,
  cursor: cursorOf("incidents", 1),
});

/** `/incidents` of the API: as far as a token may see them. */
export const incidentResources: FastifyPluginAsyncTypebox = async (app) => {
  const { db } = app.database;

  const list = operation("read", "listIncidents", {
    summary: "List incidents",
    querystring: ListQuery,
    response: { 200: pageOf(Incident) },
  });
  app.get("/incidents", list, async ({ viewer, query }) => {
    const { status, since, kind = null, organization = null, posServer = null, q, limit, cursor } = query;
    const now = app.clock();
    const [before] = readCursor(cursor, [Number.MAX_SAFE_INTEGER]);
    const filter = {
      status,
      within: { from: since === undefined ? now - DAY_MS : Date.parse(since), to: now },
      organizationId: organization,
      kind,
      posServerId: posServer,
      search: searchText(q),
    };
    const found = await listIncidentsBefore(db, viewer.organizations, filter, { before, limit: limit + 1 });
    return pageFrom("incidents", found, limit, {
      placeOf: ({ id }) => [id],
      itemOf: (incident) => incidentItem(viewer, incident),
    });
  });

  const get = operation("read", "getIncident", {
    summary: "One incident with its POS servers",
    params: ById,
    response: { 200: WholeIncident },
  });
  app.get("/incidents/:id", get, async ({ viewer, params }) => {
    const { organizations: access } = viewer;
    const incident = found(await findIncident(db, access, params.id));
    const members = await listMembers(db, access, params.id, MAX_MEMBERS);
    return {
      ...incidentItem(viewer, incident),
      members: members.map(({ posServerId: id, joinedAt, leftAt, ...member }) => ({
        ...member,
        id,
        joinedAt: timeOf(joinedAt),
        leftAt: timeOrNull(leftAt),
      })),
    };
  });
};

function incidentItem(viewer: Viewer, incident: ShownIncident): Static<typeof Incident> {
  const { openedAt, closedAt, members, posServer, example } = incident;
  const advice = adviceOnExample(example, false);
  return {
    ...incident,
    openedAt: timeOf(openedAt),
    closedAt: timeOrNull(closedAt),
    isFlapping: isFlapping(incident),
    cause: advice && { code: advice.cause, title: titleOfCause(viewer, advice.cause) },
    error: example.text || null,
    posServers: members,
    posServer: posServer && {
      ...posServer,
      organization: { id: posServer.organizationId, name: posServer.organizationName },
    },
  };
}
