import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { DAY_MS, MINUTE_MS } from "../../protocol/time-units.ts";
import { requestLogs } from "../log-archives/create-log-request.ts";
import {
  DEFAULT_MEGABYTES,
  MAX_MEGABYTES,
  MEGABYTE,
  periodOf,
  type WantedLogs,
} from "../log-archives/log-request-form.ts";
import { findLogRequest, listLogArchives, type ShownLogArchive } from "../log-archives/log-requests.ts";
import { logFailureInWords } from "../log-archives/outcome/in-words.ts";
import { findInStore, sendArchive } from "../log-archives/send-archives.ts";
import { findArchive } from "../log-archives/store/find-archive.ts";
import { found } from "../plugins/found.ts";
import { ProblemError, wrongField } from "../plugins/problems.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { requireAddress } from "./pos-servers.ts";
import {
  ById,
  Coded,
  ENGLISH,
  Id,
  Named,
  nullable,
  oneOf,
  operation,
  Time,
  timeOf,
  timeOrNull,
  usually,
} from "./schemas.ts";

export const LogPeriod = Type.Object(
  {
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    maxMegabytes: usually(Type.Integer({ minimum: 1, maximum: MAX_MEGABYTES }), DEFAULT_MEGABYTES),
  },
  {
    description:
      "In whole minutes, that of `to` included. Without `to` until now, without `from` a day. Logs beyond the limit (MiB, before compression) are left out, the oldest first.",
    additionalProperties: false,
    examples: [{ maxMegabytes: DEFAULT_MEGABYTES }],
  },
);
const Archive = Type.Object({
  id: Id,
  day: Type.String(),
  number: Type.Integer(),
  status: oneOf(["planned", "done", "failed"]),
  logBytes: nullable(Type.Integer()),
  zipBytes: nullable(Type.Integer()),
  failure: nullable(Coded),
  removedAt: nullable(Time),
  url: nullable(Type.String({ description: "Null: there is nothing to download, or not any more." })),
});
const LogRequest = Type.Object({
  id: Id,
  posServer: Named,
  status: oneOf(["queued", "running", "done", "failed", "cancelled"]),
  from: Time,
  to: Time,
  maxBytes: Type.Integer(),
  requestedAt: Time,
  finishedAt: nullable(Time),
  failure: nullable(Coded),
  plannedFiles: nullable(Type.Integer({ description: "Null: not known yet; 0: there are no logs of then." })),
  receivedFiles: Type.Integer(),
  leftOutFiles: Type.Integer({ description: "Those beyond the limit." }),
  archives: Type.Array(Archive),
});

type Failed = Pick<ShownLogArchive, "failureCode" | "failureDetail">;

/** Logs of the API: they are asked for, followed until they are there, and downloaded as they are. */
export const logResources: FastifyPluginAsyncTypebox = async (app) => {
  const { db } = app.database;

  const request = operation("logs", "requestLogs", {
    summary: "Ask for logs",
    params: ById,
    body: LogPeriod,
    response: { 202: LogRequest },
  });
  app.post("/pos-servers/:id/log-requests", request, async (request, reply) => {
    const { viewer, params, body } = request;
    const posServer = found(await findPosServer(db, viewer.organizations, params.id));
    if (posServer.parked === 1) throw new ProblemError(409, "parked", "Polling of the POS server is paused.");
    requireAddress(posServer);
    const wanted = wantedLogs(body, app.clock());
    const created = await requestLogs(app, request.actor(), posServer, wanted);
    if ("failure" in created)
      throw new ProblemError(409, "pos_server_failed", logFailureInWords(ENGLISH, created.failure));
    reply.code(202).header("location", `/api/v1/log-requests/${created.id}`);
    return await answer(viewer, created.id);
  });

  const get = operation("logs", "getLogRequest", {
    summary: "How a request for logs goes",
    params: ById,
    response: { 200: LogRequest },
  });
  app.get("/log-requests/:id", get, async ({ viewer, params }) => await answer(viewer, params.id));

  const binary = { content: { "application/zip": { schema: Type.Any() } } };
  const download = operation("logs", "downloadLogArchive", {
    summary: "Download an archive of logs",
    params: ById,
    response: { 200: binary },
  });
  app.get("/log-archives/:id", download, async (request, reply) => {
    const { viewer, params } = request;
    const stored = found(await findArchive(db, viewer.organizations, params.id));
    const archive = await findInStore(app.config.archiveDir, stored);
    if (!archive) throw new ProblemError(410, "archive_removed", "The archive is not stored any more.");
    return await sendArchive(request, reply, archive);
  });

  async function answer(viewer: Viewer, id: number): Promise<Static<typeof LogRequest>> {
    const request = found(await findLogRequest(db, viewer.organizations, id));
    const archives = await listLogArchives(db, id);
    const failureOf = ({ failureCode: code, failureDetail: detail }: Failed) =>
      code === null ? null : { code, title: logFailureInWords(viewer, { code, detail }) };
    return {
      ...request,
      posServer: { id: request.posServerId, name: request.posServerName },
      from: timeOf(request.fromAt),
      to: timeOf(request.toAt),
      requestedAt: timeOf(request.requestedAt),
      finishedAt: timeOrNull(request.finishedAt),
      failure: failureOf(request),
      archives: archives.map(({ path, removedAt, ...archive }) => ({
        ...archive,
        failure: failureOf(archive),
        removedAt: timeOrNull(removedAt),
        url: path === null ? null : `/api/v1/log-archives/${archive.id}`,
      })),
    };
  }
};

/** By the rules of the form. @throws ProblemError with the wrong field. */
export function wantedLogs({ from, to, maxMegabytes }: Static<typeof LogPeriod>, now: number): WantedLogs {
  const minuteOf = (at: number) => at - (at % MINUTE_MS);
  const toAt = to === undefined ? now : Date.parse(to);
  const fromAt = from === undefined ? Math.min(toAt, now) - DAY_MS : Date.parse(from);
  const { period, problems } = periodOf(minuteOf(fromAt), minuteOf(toAt), now);
  if (period) return { ...period, maxBytes: maxMegabytes * MEGABYTE };
  const [[field, key] = ["from", "form.required"]] = Object.entries(problems);
  throw wrongField(field, ENGLISH.t(key));
}
