import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ZipFile } from "yazl";
import { type AuditDetail, writeDetail } from "../audit-log/detail.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { readId, type WithId } from "../forms/id.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { downloadNameOfAll, type OpenArchive, savedAs, sendArchive } from "./send-archive.ts";
import {
  type FoundArchive,
  findArchive,
  isStored,
  listFetchedArchives,
  type StoredArchive,
} from "./store/find-archive.ts";
import { archiveName } from "./store/paths.ts";
import { isSystemError } from "./store/store-error.ts";

/** A download that is resumed, or made in parts, is one: it is recorded once for each user and archive within this time. */
const ONE_DOWNLOAD_MS = 3_600_000;

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
    if ("missing" in opened) return await sayMissing(request, reply, opened.missing);
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

  async function sayMissing({ viewer, log }: FastifyRequest, reply: FastifyReply, archive: FoundArchive) {
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

/** Opens the files of archives, or none of them when one is not there as it was put there. */
async function openArchives(
  archiveDir: string,
  archives: readonly StoredArchive[],
): Promise<OpenArchive[] | { missing: StoredArchive }> {
  const opened: OpenArchive[] = [];
  for (const archive of archives) {
    const file = await openStored(join(archiveDir, archive.path), archive.zipBytes);
    if (!file) {
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

/** Records that somebody downloads an archive. */
async function recordDownload(trx: Db, actor: Actor, archive: StoredArchive, now: number): Promise<void> {
  const { posServerId, posServerName: subject, organizationId, path } = archive;
  const detail: AuditDetail = [{ key: "archive", values: { path } }];
  const known = await trx
    .selectFrom("auditEvent")
    .select("id")
    .where("userId", "=", actor.userId)
    .where("action", "=", "log_archive_download")
    .where("posServerId", "=", posServerId)
    .where("detailParts", "=", writeDetail(detail))
    .where("at", ">", now - ONE_DOWNLOAD_MS)
    .executeTakeFirst();
  if (known) return;
  const event = { action: "log_archive_download", subject, organizationId, posServerId, detail } as const;
  await recordEvent(trx, actor, event, now);
}

/**
 * Begins to stream one zip that holds archives as they are; their files are closed whatever becomes of it.
 * @returns it, and how large it will be.
 */
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
