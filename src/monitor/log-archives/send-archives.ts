import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { encodeExtended, format } from "content-disposition";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ZipFile } from "yazl";
import { type Actor, recordOnceAnHour } from "../audit-log/record-event.ts";
import { subjectOf } from "../requests/request-columns.ts";
import { type FoundArchive, isStored, type StoredArchive } from "./store/find-archive.ts";
import { archiveName, safeName } from "./store/paths.ts";
import { isSystemError } from "./store/store.ts";

/**
 * Streams one uncompressed zip of archives, one open file at a time, or shows which of them is missing.
 * @param disposition as `savedAs` makes it.
 * @param actor who gets them; the user who asks unless a batch is asked for its own.
 */
export async function sendZipOfArchives(
  request: FastifyRequest,
  reply: FastifyReply,
  archives: readonly FoundArchive[],
  disposition: string,
  actor: Actor = request.actor(),
): Promise<FastifyReply | Buffer> {
  const { archiveDir } = request.server.config;
  const stored: StoredArchive[] = [];
  for (const archive of archives) {
    const found = await findInStore(archiveDir, archive);
    if (!found) return await showMissing(request, reply, archive);
    stored.push(found);
  }
  await recordDownload(request, stored, actor);
  const { stream, bytes } = zipOf(archiveDir, stored);
  return reply
    .headers({ "cache-control": "private, no-store", "content-type": "application/zip" })
    .header("content-disposition", disposition)
    .header("content-length", bytes)
    .send(stream);
}

async function recordDownload(
  request: FastifyRequest,
  archives: readonly StoredArchive[],
  actor: Actor = request.actor(),
): Promise<void> {
  const { database, clock } = request.server;
  await database.db.transaction().execute(async (trx) => {
    for (const archive of archives) {
      const detail = [{ key: "archive" as const, values: { path: archive.path } }];
      const event = { action: "log_archive_download" as const, ...subjectOf(archive), detail };
      await recordOnceAnHour(trx, actor, event, clock());
    }
  });
}

export async function showMissing(request: FastifyRequest, reply: FastifyReply, archive: FoundArchive) {
  const { id, removedAt, logRequestId } = archive;
  const { t, format } = request.viewer;
  if (removedAt === null) request.log.warn({ archive: id }, "The file of a log archive is not in the store");
  reply.code(removedAt === null ? 404 : 410);
  return await reply.page("log-archives/missing", {
    text:
      removedAt === null
        ? t("logArchive.missing.text")
        : t("logArchive.removed", { day: format.day(removedAt, request.server.clock()) }),
    url: `/log-requests/${logRequestId}`,
  });
}

/** null when its file is not there as it was fetched. */
export async function findInStore(archiveDir: string, archive: FoundArchive): Promise<StoredArchive | null> {
  if (!isStored(archive)) return null;
  try {
    const stats = await stat(join(archiveDir, archive.path));
    return stats.isFile() && stats.size === archive.zipBytes ? archive : null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

/** Streams one archive as it was fetched, and records who took it. */
export async function sendArchive(
  request: FastifyRequest,
  reply: FastifyReply,
  archive: StoredArchive,
): Promise<FastifyReply> {
  if (request.method === "GET") await recordDownload(request, [archive]);
  return reply
    .headers({
      "cache-control": "private, no-store",
      "content-disposition": savedAs(downloadName(archive)),
    })
    .sendFile(archive.path, request.server.config.archiveDir, { cacheControl: false });
}

/** `bytes`: its size. */
function zipOf(archiveDir: string, archives: readonly StoredArchive[]): { stream: Readable; bytes: number } {
  const zip = new ZipFile();
  const stream = new PassThrough();
  const names = new Set<string>();
  let reading: Readable | null = null;
  let bytes = 0;

  for (const archive of archives) {
    const plain = archiveName(archive);
    // Two POS servers may have one name.
    const name = names.has(plain) ? plain.replace(/\.zip$/, `-${archive.id}.zip`) : plain;
    names.add(name);
    const options = { compress: false, size: archive.zipBytes, mtime: new Date(archive.finishedAt) };
    zip.addReadStreamLazy(name, options, (give) => {
      reading = createReadStream(join(archiveDir, archive.path));
      give(null, reading);
    });
  }
  zip.on("error", (error) => stream.destroy(error));
  stream.once("close", () => reading?.destroy());
  zip.outputStream.pipe(stream);
  zip.end(undefined, (size?: number) => {
    bytes = size ?? 0;
  });
  return { stream, bytes };
}

type Named = Pick<StoredArchive, "organizationName" | "posServerName" | "day" | "number">;

/** `ООО «Вкусный дом» – Тверская, 12 – 2026-11-24.zip` */
export function downloadName({ organizationName, posServerName, day, number }: Named): string {
  const date = number > 1 ? `${day} (${number})` : day;
  return `${[safeName(organizationName), safeName(posServerName), date].join(" – ")}.zip`;
}

/** Of all archives of a request. */
export function downloadNameOfAll(archives: readonly [Named, ...Named[]]): string {
  const days = archives.map(({ day }) => day).sort();
  return downloadName({ ...archives[0], day: [...new Set([days[0], days.at(-1)])].join("–"), number: 1 });
}

/**
 * Makes a browser save an answer under a name. Browsers read the encoded name, curl the plain one in raw UTF-8. Set it
 * before the length: after that Node.js encodes it as Latin-1 and breaks it.
 */
export function savedAs(name: string): string {
  const filename = Buffer.from(name).toString("latin1");
  return format({ type: "attachment", parameters: { filename, "filename*": encodeExtended(name) } });
}
