import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { searchText } from "../database/text.ts";
import { withNothingBut } from "../filter/filter.ts";
import { type ListedPosServer, listPosServersAfter } from "../filter/list-pos-servers.ts";
import { findSearchedFor } from "../filter/searched-for.ts";
import { SHOWN_STATES } from "../filter/state-colours.ts";
import { exampleOf } from "../fleet/cause-example.ts";
import { titleOfCause } from "../fleet/cause-in-words.ts";
import { adviceOn } from "../fleet/causes.ts";
import { flapsOf } from "../fleet/flapping.ts";
import { findOpenIncidentId } from "../fleet/incidents/find-incidents.ts";
import { listPosChecks } from "../fleet/pos-checks.ts";
import { found } from "../plugins/found.ts";
import { ProblemError } from "../plugins/problems.ts";
import { askPosServer } from "../polling/ask-pos-server.ts";
import { findPosServer, listStateChanges, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { canBeCalled, type WayToCall } from "../restaurants/pos-server-to-call.ts";
import { listTags, readTags, type Tag } from "../restaurants/tags.ts";
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

const MAX_TEXT_LENGTH = 200;

const Organization = Type.Object({ ...Named.properties, crmId: Type.String() });
const PosServer = Type.Object(
  {
    id: Id,
    name: Type.String(),
    organization: Organization,
    address: nullable(Type.String()),
    state: oneOf(SHOWN_STATES),
    stateSince: nullable(Time),
    flaps: nullable(Type.Integer()),
    cause: nullable(Coded),
    error: nullable(Type.String()),
    version: nullable(Type.String()),
    lastUpdateAt: nullable(Time),
    lastSyncAt: nullable(Time),
    tags: Type.Array(Type.String()),
  },
  {
    description:
      "`stateSince`: since when it is well, or the present trouble lasts, through silences too. `flaps`: how often its exchange has stopped, each time within half an hour after it had come back; null = less than three times. `cause` and `error` say what is wrong, if anything is; null while it is parked. `lastUpdateAt`: when it last answered; `lastSyncAt`: its last exchange with the main server that worked.",
  },
);
const Check = Type.Object({
  id: Type.String({
    description: "Such as `service`, `port`, `database`, `main_server_tcp`, `clock`, `disk`.",
  }),
  outcome: oneOf(["ok", "failed", "unknown"]),
  value: nullable(Type.String({ description: "What was looked at or found." })),
  detail: nullable(Type.String({ description: "Why: a word, perhaps with more after a colon." })),
  since: Time,
});
const WholePosServer = Type.Object({
  ...PosServer.properties,
  connection: oneOf(["direct", "dial_out"]),
  serviceState: nullable(Type.String()),
  databaseBytes: nullable(Type.Integer()),
  incidentId: nullable(Id),
  checks: Type.Array(Check),
});
const StateChange = Type.Object({ at: Time, state: oneOf(SHOWN_STATES), error: nullable(Type.String()) });
const PollAnswer = Type.Object({
  ok: Type.Boolean(),
  failure: nullable(Type.Object({ ...Coded.properties, detail: Type.String() })),
  posServer: WholePosServer,
});
const ListQuery = strictObject({
  organization: Type.Optional(OrganizationId),
  state: Type.Optional(oneOf(SHOWN_STATES)),
  q: usually(
    Type.String({
      maxLength: MAX_TEXT_LENGTH,
      description: "A part of a name, an address, a CrmId, a tag or an error.",
    }),
    "",
  ),
  tag: Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH, description: "Its name." })),
  changedSince: Type.Optional(
    Type.String({
      ...Time,
      description:
        "Only those whose state has changed since, and back too. A failure may be noticed minutes after its time: ask from some before the last call.",
    }),
  ),
  limit: Limit,
  cursor: cursorOf("pos-servers", 1),
});
const HistoryQuery = strictObject({ limit: Limit, cursor: cursorOf("history", 2) });

/** `/pos-servers` of the API: their states, causes and histories, and polls at once. */
export const posServerResources: FastifyPluginAsyncTypebox = async (app) => {
  const { db } = app.database;

  const list = operation("read", "listPosServers", {
    summary: "List POS servers",
    querystring: ListQuery,
    response: { 200: pageOf(PosServer) },
  });
  app.get("/pos-servers", list, async ({ viewer, query }) => {
    const { organization = null, state = null, q, tag, changedSince, limit, cursor } = query;
    const [after] = readCursor(cursor, [0]);
    const tagId = tag === undefined ? null : await findTagId(viewer, tag);
    const filter = withNothingBut({
      organizationId: organization,
      tagId,
      search: q.trim(),
      ...(state === "parked" ? { scope: "parked" } : { state }),
    });
    const searchedFor = await findSearchedFor(db, viewer, filter);
    const access = viewer.organizations;
    const asked = { access, filter, ...searchedFor, groupedCauses: [], now: app.clock() };
    const since = changedSince === undefined ? null : Date.parse(changedSince);
    const found = await listPosServersAfter(db, asked, { after, limit: limit + 1, since });
    const ids = found.map(({ id }) => id);
    const tags = await readTags(db, ids);
    return pageFrom("pos-servers", found, limit, {
      placeOf: ({ id }) => [id],
      itemOf: (posServer) => posServerItem(viewer, posServer, app.clock(), tags.get(posServer.id)),
    });
  });

  const get = operation("read", "getPosServer", {
    summary: "One POS server with its checks",
    params: ById,
    response: { 200: WholePosServer },
  });
  app.get("/pos-servers/:id", get, async ({ viewer, params }) => {
    return await wholePosServer(viewer, await find(viewer, params.id));
  });

  const history = operation("read", "listPosServerHistory", {
    summary: "History of a POS server’s states",
    params: ById,
    querystring: HistoryQuery,
    response: { 200: pageOf(StateChange) },
  });
  app.get("/pos-servers/:id/history", history, async ({ viewer, params, query }) => {
    const { limit, cursor } = query;
    const before = readCursor(cursor, [Number.MAX_SAFE_INTEGER, 0]);
    const { id } = await find(viewer, params.id);
    const found = await listStateChanges(db, id, limit + 1, before);
    return pageFrom("history", found, limit, {
      placeOf: (change) => [change.at, change.id],
      itemOf: ({ at, state, detail }) => ({ at: timeOf(at), state, error: detail || null }),
    });
  });

  const poll = operation("poll", "pollPosServer", {
    summary: "Check the connection",
    params: ById,
    response: { 200: PollAnswer },
  });
  app.post("/pos-servers/:id/polls", poll, async (request) => {
    const { viewer, params } = request;
    const posServer = await find(viewer, params.id);
    requireAddress(posServer);
    const outcome = await askPosServer(app, request.actor(), posServer);
    const failure = outcome.ok ? null : outcome.failure;
    return {
      ok: outcome.ok,
      failure: failure && { ...failure, title: viewer.t(`failure.${failure.code}`) },
      posServer: await wholePosServer(viewer, await find(viewer, params.id)),
    };
  });

  async function find({ organizations }: Viewer, id: number): Promise<ShownPosServer> {
    return found(await findPosServer(db, organizations, id));
  }

  /** One that nobody has finds nothing. */
  async function findTagId({ organizations }: Viewer, name: string): Promise<number> {
    const tags = await listTags(db, organizations);
    return tags.find((tag) => searchText(tag.name) === searchText(name))?.id ?? 0;
  }

  async function wholePosServer(
    viewer: Viewer,
    posServer: ShownPosServer,
  ): Promise<Static<typeof WholePosServer>> {
    const { id, connection, serviceState, databaseBytes } = posServer;
    const checks = await listPosChecks(db, id);
    return {
      ...posServerItem(viewer, posServer, app.clock(), (await readTags(db, [id])).get(id)),
      connection,
      serviceState,
      databaseBytes,
      incidentId: await findOpenIncidentId(db, id),
      checks: checks.map(({ since, ...check }) => ({ ...check, since: timeOf(since) })),
    };
  }
};

/** @throws ProblemError while it waits for its agent. */
export function requireAddress(posServer: WayToCall): void {
  if (!canBeCalled(posServer))
    throw new ProblemError(409, "no_address", "It has no address yet, and no agent.");
}

function posServerItem(
  viewer: Viewer,
  posServer: ListedPosServer | ShownPosServer,
  now: number,
  tags: readonly Tag[] = [],
): Static<typeof PosServer> {
  const { organizationId: id, organizationName: name, crmId, parked } = posServer;
  const advice = parked === 1 ? null : adviceOn(posServer);
  return {
    ...posServer,
    organization: { id, name, crmId },
    state: parked === 1 ? "parked" : posServer.state,
    stateSince: timeOrNull(posServer.stateSince),
    flaps: parked === 1 ? null : flapsOf(posServer, now),
    cause: advice && { code: advice.cause, title: titleOfCause(viewer, advice.cause) },
    error: parked === 1 ? null : exampleOf(posServer).text || null,
    lastUpdateAt: timeOrNull(posServer.lastUpdateAt),
    lastSyncAt: timeOrNull(posServer.lastSyncAt),
    tags: tags.map((tag) => tag.name),
  };
}
