import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { ownPath, readForm, readId, Text, type WithId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { cancelLogRequest } from "./cancel-log-request.ts";
import { logRequestModel } from "./log-request-model.ts";
import { findLogRequest, listLogArchives } from "./log-requests.ts";
import { requestLogsRoutes } from "./request-logs-routes.ts";
import {
  downloadNameOfAll,
  findInStore,
  savedAs,
  sendArchive,
  sendZipOfArchives,
  showMissing,
} from "./send-archives.ts";
import { findArchive, listFetchedArchives } from "./store/find-archive.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

/** `leadsTo`: a page of ours to go to once there is an archive. */
const ShownQuery = Type.Object({ joined: Text, leadsTo: Text });

/** «Получить логи»: requests, their progress and archives; every page says when the store cannot be used. */
export async function logArchiveRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  await requestLogsRoutes(app);

  app.pageNoticeFinders.push(async ({ user, t }) => {
    const { problem, root: folder } = app.archiveStore;
    if (!user?.isAdministrator || !problem) return [];
    return [{ text: t("logArchive.unusable", { reason: t(`logFailure.${problem.code}`), folder }) }];
  });

  app.get<WithId>("/log-requests/:id", ACCESS, async (request, reply) => {
    const logRequest = await find(request);
    const archives = await listLogArchives(db, logRequest.id);
    const { viewer } = request;
    const { joined, leadsTo } = readForm(ShownQuery, request.query);
    if (leadsTo !== "" && logRequest.finishedAt !== null && archives.some(({ path }) => path !== null))
      return reply.leadTo(ownPath(leadsTo));
    const isJoined = joined === "1";
    const model = logRequestModel({ viewer, request: logRequest, archives, isJoined, now: app.clock() });
    const pollUrl = model.isOpen ? request.url : null;
    return await reply.dialogPage("log-archives/show", { ...model, pollUrl });
  });

  app.post<WithId>("/log-requests/:id/cancellation", ACCESS, async (request, reply) => {
    const logRequest = await find(request);
    const isCancelled = await db
      .transaction()
      .execute((trx) => cancelLogRequest(trx, request.actor(), logRequest, app.clock()));
    if (isCancelled) app.logRequests.interrupt(logRequest.id);
    return reply.redirect(`/log-requests/${logRequest.id}`, 303);
  });

  /** The download of one archive. */
  app.get<WithId>("/log-archives/:id", ACCESS, async (request, reply) => {
    const asked = found(await findArchive(db, request.viewer.organizations, readId(request.params.id) ?? 0));
    const archive = await findInStore(app.config.archiveDir, asked);
    if (!archive) return await showMissing(request, reply, asked);
    return await sendArchive(request, reply, archive);
  });

  /** The download of all of a request. */
  const asZip = { ...ACCESS, exposeHeadRoute: false };
  app.get<WithId>("/log-requests/:id/archives.zip", asZip, async (request, reply) => {
    const id = readId(request.params.id) ?? 0;
    const fetched = await listFetchedArchives(db, request.viewer.organizations, id);
    const [first, ...others] = fetched.filter(({ removedAt }) => removedAt === null);
    if (!first) return reply.callNotFound();
    const disposition = savedAs(downloadNameOfAll([first, ...others]));
    return await sendZipOfArchives(request, reply, [first, ...others], disposition);
  });

  async function find({ params, viewer }: FastifyRequest<WithId>) {
    return found(await findLogRequest(db, viewer.organizations, readId(params.id) ?? 0));
  }
}
