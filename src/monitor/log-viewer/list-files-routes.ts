import type { FastifyInstance } from "fastify";
import { ARCHIVE_README } from "../../protocol/logs.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import { readId, type WithId } from "../forms/id.ts";
import { type FoundArchive, findArchive } from "../log-archives/store/find-archive.ts";
import { whileConnected } from "../plugins/while-connected.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { archivePage, archiveTitle, filesUrl } from "./archive-page.ts";
import { cacheSource, readArchive, showGoneArchive } from "./read-archive.ts";
import type { ZippedFile } from "./zip-files.ts";

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
      const model = filesModel(viewer, archive, files, isCut, app.clock());
      return await reply.page("log-viewer/files", model);
    },
  );
}

/** What is in an archive. `errors`: how many a file has; null = it has not been opened yet. */
function filesModel(
  viewer: Viewer,
  archive: FoundArchive,
  files: readonly (ZippedFile & { errors: number | null })[],
  isCut: boolean,
  now: number,
) {
  const { t, format } = viewer;
  return {
    ...archivePage(viewer, archive),
    title: archiveTitle(viewer, archive),
    isCut,
    hasUnread: files.some(({ errors }) => errors === null),
    rows: files.map(({ position, name, bytes, modifiedAt, errors }) => ({
      url: `${filesUrl(archive)}/${position}`,
      name: visibleText(name),
      isReadme: name === ARCHIVE_README,
      size: format.bytes(bytes),
      time: format.time(modifiedAt, now),
      errors: errors !== null && {
        isNone: errors === 0,
        text: errors === 0 ? t("logViewer.files.noErrors") : format.number(errors),
      },
    })),
  };
}
