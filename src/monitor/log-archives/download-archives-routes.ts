import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ZipFile } from "yazl";
import { readId, type WithId } from "../forms/id.ts";
import { subjectOf } from "../requests/request-columns.ts";
import { recordOnceAnHour } from "./record-once.ts";
import { downloadNameOfAll, type OpenArchive, savedAs, sendArchive } from "./send-archive.ts";
import { type FoundArchive, findArchive, isStored, listFetchedArchives } from "./store/find-archive.ts";
import { archiveName } from "./store/paths.ts";
import { isSystemError } from "./store/store.ts";

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

  /** Opens the files, records the download, and has `send` stream and close them; or shows which one is missing. */
  async function download(
    request: FastifyRequest,
    reply: FastifyReply,
    archives: [FoundArchive, ...FoundArchive[]],
    send: (opened: [OpenArchive, ...OpenArchive[]]) => Promise<FastifyReply>,
  ) {
    const opened = await openArchives(app.config.archiveDir, archives);
    if ("missing" in opened) return await showMissing(request, reply, opened.missing);
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
      for (const { archive } of opened) {
        const detail = [{ key: "archive" as const, values: { path: archive.path } }];
        const event = { action: "log_archive_download" as const, ...subjectOf(archive), detail };
        await recordOnceAnHour(trx, request.actor(), event, app.clock());
      }
    });
  }

  async function showMissing({ viewer, log }: FastifyRequest, reply: FastifyReply, archive: FoundArchive) {
    const { id, removedAt, logRequestId } = archive;
    const { t, format } = viewer;
    if (removedAt === null) log.warn({ archive: id }, "The file of a log archive is not in the store");
    reply.code(removedAt === null ? 404 : 410);
    return await reply.page("log-archives/missing", {
      text:
        removedAt === null
          ? t("logArchive.missing.text")
          : t("logArchive.removed", { day: format.day(removedAt, app.clock()) }),
      url: `/log-requests/${logRequestId}`,
    });
  }
}

/** Opens all of them, or none when one is missing or has another size. */
async function openArchives(
  archiveDir: string,
  archives: readonly FoundArchive[],
): Promise<OpenArchive[] | { missing: FoundArchive }> {
  const opened: OpenArchive[] = [];
  for (const archive of archives) {
    const file = isStored(archive)
      ? await openStored(join(archiveDir, archive.path), archive.zipBytes)
      : null;
    if (!isStored(archive) || !file) {
      await closeArchives(opened);
      return { missing: archive };
    }
    opened.push({ archive, file });
  }
  return opened;
}

async function closeArchives(opened: readonly OpenArchive[]): Promise<void> {
  await Promise.all(opened.map(({ file }) => file.close()));
}

async function openStored(path: string, bytes: number): Promise<FileHandle | null> {
  try {
    const file = await open(path, "r");
    const stats = await file.stat();
    if (stats.isFile() && stats.size === bytes) return file;
    await file.close();
    return null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

/** Begins to stream one uncompressed zip of archives; their files are closed in any case. `bytes`: its size. */
function zipOfArchives(opened: readonly OpenArchive[]): { stream: Readable; bytes: number } {
  const zip = new ZipFile();
  const stream = new PassThrough();
  let reading: Readable | null = null;
  let bytes = 0;

  for (const { archive, file } of opened) {
    const options = { compress: false, size: archive.zipBytes, mtime: new Date(archive.finishedAt) };
    zip.addReadStreamLazy(archiveName(archive), options, (give) => {
      reading = file.createReadStream({ autoClose: false });
      give(null, reading);
    });
  }
  zip.on("error", (error) => stream.destroy(error));
  stream.once("close", () => {
    reading?.destroy();
    void closeArchives(opened);
  });
  zip.outputStream.pipe(stream);
  zip.end(undefined, (size?: number) => {
    bytes = size ?? 0;
  });
  return { stream, bytes };
}
