import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { readId, type WithId } from "../forms/id.ts";
import { downloadNameOfAll, savedAs, sendArchive } from "./send-archive.ts";
import { recordDownload, sendZipOfArchives, showMissing } from "./send-zip-of-archives.ts";
import { findArchive, isStored, listFetchedArchives } from "./store/find-archive.ts";
import { isSystemError } from "./store/store.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

/** `/log-archives/:id`: the download of one archive; `/log-requests/:id/archives.zip`: of all of a request. */
export async function downloadArchivesRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>("/log-archives/:id", ACCESS, async (request, reply) => {
    const id = readId(request.params.id);
    const archive = id === null ? null : await findArchive(db, request.viewer.organizations, id);
    if (!archive) return reply.callNotFound();
    const file = isStored(archive) ? await openStored(archive.path, archive.zipBytes) : null;
    if (!isStored(archive) || !file) return await showMissing(request, reply, archive);
    try {
      if (request.method === "GET") await recordDownload(request, [archive]);
      return await sendArchive(request, reply, { archive, file });
    } catch (error) {
      await file.close();
      throw error;
    }
  });

  const asZip = { ...ACCESS, exposeHeadRoute: false };
  app.get<WithId>("/log-requests/:id/archives.zip", asZip, async (request, reply) => {
    const id = readId(request.params.id);
    const fetched = id === null ? [] : await listFetchedArchives(db, request.viewer.organizations, id);
    const [first, ...others] = fetched.filter(({ removedAt }) => removedAt === null);
    if (!first) return reply.callNotFound();
    const disposition = savedAs(downloadNameOfAll([first, ...others]));
    return await sendZipOfArchives(request, reply, [first, ...others], disposition);
  });

  async function openStored(path: string, bytes: number): Promise<FileHandle | null> {
    try {
      const file = await open(join(app.config.archiveDir, path), "r");
      const stats = await file.stat();
      if (stats.isFile() && stats.size === bytes) return file;
      await file.close();
      return null;
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }
}
