import type { FastifyInstance } from "fastify";
import { ARCHIVE_README } from "../../protocol/logs.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import { readId, type WithId } from "../forms/id.ts";
import { findArchive } from "../log-archives/store/find-archive.ts";
import type { Format } from "../viewer/format.ts";
import type { LogCache } from "./log-cache.ts";
import { archiveName, logSource, readArchive, showGoneArchive } from "./read-archive.ts";

/** `/log-archives/:id/files`: what is in an archive, to be opened in the browser. */
export async function listFilesRoutes(app: FastifyInstance, { cache }: { cache: LogCache }): Promise<void> {
  const { db } = app.database;

  app.get<WithId>(
    "/log-archives/:id/files",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const { viewer } = request;
      const id = readId(request.params.id);
      const archive = id === null ? null : await findArchive(db, viewer.organizations, id);
      if (!archive) return reply.callNotFound();
      const read = await readArchive(archive, app.config.archiveDir, request.log);
      if ("problem" in read) return await showGoneArchive(reply, viewer, archive, read.problem);
      const { files, isCut, zipFile } = read;
      const rows = files.map(async (file) => ({
        url: `/log-archives/${archive.id}/files/${file.position}`,
        name: visibleText(file.name),
        isReadme: file.name === ARCHIVE_README,
        size: viewer.format.bytes(file.bytes),
        time: viewer.format.time(file.modifiedAt, app.clock()),
        errors: await errorsOf(logSource(archive, zipFile, file).key, viewer.format),
      }));
      const archiveTitle = archiveName(viewer, archive);
      return await reply.page("log-viewer/files", {
        archive,
        archiveTitle,
        rows: await Promise.all(rows),
        isCut,
      });
    },
  );

  /** How many errors a file has, once it has been opened. */
  async function errorsOf(key: string, format: Format): Promise<string | null> {
    const summary = await cache.summary(key);
    return summary && format.number(summary.errors);
  }
}
