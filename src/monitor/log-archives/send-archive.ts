import type { FastifyReply, FastifyRequest } from "fastify";
import { downloadName, savedAs } from "./download-names.ts";
import { recordDownload } from "./send-zip-of-archives.ts";
import type { StoredArchive } from "./store/find-archive.ts";

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
