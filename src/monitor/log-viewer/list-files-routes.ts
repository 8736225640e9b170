import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { ARCHIVE_README } from "../../protocol/logs.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import { readForm, Text, type WithId } from "../forms/fields.ts";
import type { FoundArchive } from "../log-archives/store/find-archive.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { archivePage, archiveTitle, filesUrl } from "./archive-page.ts";
import { cacheSource, withArchive } from "./asked-file.ts";
import type { ZippedFile } from "./zip-files.ts";

/** As `timeInFileUrl` writes it. */
const PlaceInFile = Type.Object({ name: Text, go: Text, q: Text });

/** `/log-archives/:id/files`: what is in an archive, to be opened in the browser. */
export async function listFilesRoutes(app: FastifyInstance): Promise<void> {
  app.get<WithId>(
    "/log-archives/:id/files",
    { config: { access: "outlet_setup" } },
    async (request, reply) =>
      await withArchive(app, request, reply, async ({ archive, zipFile, files, isCut }) => {
        const { name, ...place } = readForm(PlaceInFile, request.query);
        const named = files.find((file) => file.name === name);
        if (named)
          return reply.redirect(`${filesUrl(archive)}/${named.position}?${new URLSearchParams(place)}`, 303);
        const [only, ...others] = files;
        if (only && others.length === 0) return reply.redirect(`${filesUrl(archive)}/${only.position}`, 303);
        const withErrors = await Promise.all(
          files.map(async (file) => {
            const summary = await app.logCache.summary(cacheSource(archive, zipFile, file).key);
            return { ...file, errors: summary?.errors ?? null };
          }),
        );
        const model = filesModel(request.viewer, archive, withErrors, isCut, app.clock());
        return await reply.page("log-viewer/files", model);
      }),
  );
}

/** `errors`: null = the file is not opened yet. */
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
        text: errors === 0 ? t("form.none") : format.number(errors),
      },
    })),
  };
}
