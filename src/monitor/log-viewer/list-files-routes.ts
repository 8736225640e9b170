import type { FastifyInstance } from "fastify";
import { readId, type WithId } from "../forms/id.ts";
import { findArchive } from "../log-archives/store/find-archive.ts";
import { whileConnected } from "../plugins/while-connected.ts";
import { filesModel } from "./files-model.ts";
import { cacheSource, readArchive, showGoneArchive } from "./read-archive.ts";

/** `/log-archives/:id/files`: what is in an archive, to be opened in the browser. */
export async function listFilesRoutes(app: FastifyInstance): Promise<void> {
  const { logCache } = app;
  const { db } = app.database;

  app.get<WithId>(
    "/log-archives/:id/files",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const { viewer } = request;
      const id = readId(request.params.id);
      const archive = id === null ? null : await findArchive(db, viewer.organizations, id);
      if (!archive) return reply.callNotFound();
      const read = await whileConnected(reply, (signal) =>
        readArchive(archive, app.config.archiveDir, request.log, signal),
      );
      if (read === "left") return reply.code(499).send();
      if ("problem" in read) return await showGoneArchive(reply, viewer, archive, read.problem);
      const { zipFile, isCut } = read;
      const files = await Promise.all(
        read.files.map(async (file) => {
          const summary = await logCache.summary(cacheSource(archive, zipFile, file).key);
          return { ...file, errors: summary?.errors ?? null };
        }),
      );
      return await reply.page(
        "log-viewer/files",
        filesModel({ viewer, archive, files, isCut, now: app.clock() }),
      );
    },
  );
}
