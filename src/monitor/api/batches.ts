import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { requireScope } from "../access/token-gate.ts";
import { choosePosServers } from "../batches/choose.ts";
import { findBatchOfToken, listItems } from "../batches/find-batches.ts";
import { BATCH_KINDS, MOST_POS_SERVERS } from "../batches/kinds.ts";
import { DEFAULT_MEGABYTES } from "../log-archives/log-request-form.ts";
import { NotFoundError } from "../plugins/errors.ts";
import { found } from "../plugins/found.ts";
import { ProblemError } from "../plugins/problems.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { LogPeriod, wantedLogs } from "./logs.ts";
import { ById, Id, Named, nullable, oneOf, operation, Time, timeOf, timeOrNull } from "./schemas.ts";

/** Five thousand ids. */
const MAX_BYTES = 64 * 1024;

/** What programs may do for many at once; each kind also needs its own scope. */
const OFFERED = ["poll", "logs"] as const satisfies (typeof BATCH_KINDS)[number][];

const NewBatch = Type.Object(
  {
    kind: oneOf(OFFERED),
    posServerIds: Type.Array(Id, { minItems: 1, maxItems: MOST_POS_SERVERS, uniqueItems: true }),
    logs: Type.Optional(LogPeriod),
  },
  { additionalProperties: false, examples: [{ kind: "poll", posServerIds: [1] }] },
);
const Item = Type.Object({
  posServer: Named,
  status: oneOf(["queued", "running", "done", "failed", "left_out"]),
  code: nullable(Type.String({ description: "Why it failed, or was left out." })),
  detail: nullable(Type.String()),
  logRequestId: nullable(Id),
});
const Batch = Type.Object({
  id: Id,
  kind: oneOf(BATCH_KINDS),
  requestedAt: Time,
  stoppedAt: nullable(Time),
  isOpen: Type.Boolean(),
  unseen: Type.Integer({ description: "How many of those asked for are not there, or not for this token." }),
  items: Type.Array(Item),
});

/** `/batches` of the API: a poll, or a request for logs, for many POS servers at once. */
export const batchResources: FastifyPluginAsyncTypebox = async (app) => {
  const { db } = app.database;

  const create = operation("batches", "createBatch", {
    summary: "Check the connection of many, or ask them for logs",
    body: NewBatch,
    response: { 202: Batch },
  });
  app.post("/batches", { ...create, bodyLimit: MAX_BYTES }, async (request, reply) => {
    const { viewer, body, apiToken } = request;
    const { kind, posServerIds: ids, logs = { maxMegabytes: DEFAULT_MEGABYTES } } = body;
    if (apiToken) requireScope(apiToken, kind);
    const now = app.clock();
    const params = kind === "logs" ? wantedLogs(logs, now) : {};
    const actor = request.actor();
    const choice = { access: viewer.organizations, userId: actor.userId ?? 0, kind, params };
    const chosen = await choosePosServers(db, ids, choice, now);
    if (chosen.length === 0) throw new NotFoundError();
    if (!chosen.some(({ leftOut }) => leftOut === null)) {
      const reasons = [...new Set(chosen.map(({ leftOut }) => leftOut))].join(", ");
      throw new ProblemError(409, "all_left_out", `Nothing can be done for any of them: ${reasons}.`);
    }
    const unseen = ids.length - chosen.length;
    const id = await app.beginBatch(actor, { kind, params, chosen, unseen });
    reply.code(202).header("location", `/api/v1/batches/${id}`);
    return await answer(viewer, actor.login, id);
  });

  const get = operation("batches", "getBatch", {
    summary: "How an action for many goes",
    params: ById,
    response: { 200: Batch },
  });
  app.get("/batches/:id", get, async (request) => {
    return await answer(request.viewer, request.actor().login, request.params.id);
  });

  async function answer(viewer: Viewer, login: string, id: number): Promise<Static<typeof Batch>> {
    const batch = found(await findBatchOfToken(db, login, id));
    const items = await listItems(db, viewer, id);
    return {
      id,
      kind: batch.kind,
      requestedAt: timeOf(batch.requestedAt),
      stoppedAt: timeOrNull(batch.stoppedAt),
      unseen: batch.unseen,
      isOpen: items.some(({ finishedAt }) => finishedAt === null),
      items: items.map(({ posServerId, posServerName, status, code, detail, requestId }) => ({
        posServer: { id: posServerId, name: posServerName },
        status,
        code,
        detail,
        logRequestId: batch.kind === "logs" ? requestId : null,
      })),
    };
  }
};
