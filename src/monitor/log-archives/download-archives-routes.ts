import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readId, type WithId } from "../forms/id.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { downloadNameOfAll, savedAs } from "./download/file-name.ts";
import { recordDownload } from "./download/record-download.ts";
import { sendArchive } from "./download/send-archive.ts";
import { closeArchives, type OpenArchive, openArchives } from "./download/stored-file.ts";
import { zipOfArchives } from "./download/zip-of-archives.ts";
import { type FoundArchive, findArchive, isStored, listFetchedArchives } from "./store/find-archive.ts";

/** `/log-archives/:id`: the download of one archive; `/log-requests/:id/archives.zip`: of all of a request. */
export async function downloadArchivesRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>("/log-archives/:id", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const id = readId(request.params.id);
    const archive = id === null ? null : await findArchive(db, request.viewer.organizations, id);
    if (!archive) return reply.callNotFound();
    return await download(request, reply, [archive], ([only]) => sendArchive(request, reply, only));
  });

  app.get<WithId>(
    "/log-requests/:id/archives.zip",
    { config: { access: "outlet_setup" }, exposeHeadRoute: false },
    async (request, reply) => {
      const id = readId(request.params.id);
      const fetched = id === null ? [] : await listFetchedArchives(db, request.viewer.organizations, id);
      const [first, ...others] = fetched.filter(({ removedAt }) => removedAt === null);
      if (!first) return reply.callNotFound();
      return await download(request, reply, [first, ...others], async (opened) => {
        const { stream, bytes } = zipOfArchives(opened);
        return reply
          .headers({ "cache-control": "private, no-store", "content-type": "application/zip" })
          .header("content-disposition", savedAs(downloadNameOfAll([first, ...others])))
          .header("content-length", bytes)
          .send(stream);
      });
    },
  );

  /** Opens the files, records it, and leaves the rest, closing them too, to `send`; or says which one is not there. */
  async function download(
    request: FastifyRequest,
    reply: FastifyReply,
    archives: [FoundArchive, ...FoundArchive[]],
    send: (opened: [OpenArchive, ...OpenArchive[]]) => Promise<FastifyReply>,
  ) {
    const stored = archives.filter(isStored);
    const gone = archives.find((archive) => !isStored(archive));
    const opened = gone ? { missing: gone } : await openArchives(app.config.archiveDir, stored);
    if ("missing" in opened) return await tellMissing(request, reply, opened.missing);
    const [first, ...others] = opened;
    if (!first) return reply.callNotFound();
    try {
      if (request.method === "GET") await record(request, opened);
      return await send([first, ...others]);
    } catch (error) {
      await closeArchives(opened);
      throw error;
    }
  }

  async function record(request: FastifyRequest, opened: readonly OpenArchive[]): Promise<void> {
    await db.transaction().execute(async (trx) => {
      for (const { archive } of opened) await recordDownload(trx, request.actor(), archive, app.clock());
    });
  }

  async function tellMissing({ viewer, log }: FastifyRequest, reply: FastifyReply, archive: FoundArchive) {
    const { id, removedAt } = archive;
    if (removedAt === null) log.warn({ archive: id }, "The file of a log archive is not in the store");
    reply.code(removedAt === null ? 404 : 410);
    return await reply.page("log-archives/missing", missingModel(viewer, archive, app.clock()));
  }
}

/** What is shown instead of an archive whose file is not in the store, or not any more. */
function missingModel({ t, format }: Viewer, archive: FoundArchive, now: number) {
  const { removedAt, logRequestId } = archive;
  return {
    text:
      removedAt === null
        ? t("logArchive.missing.text")
        : t("logArchive.removed", { day: format.day(removedAt, now) }),
    url: `/log-requests/${logRequestId}`,
  };
}
