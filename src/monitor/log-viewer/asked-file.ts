import { join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { visibleText } from "../../protocol/visible-text.ts";
import { readId } from "../forms/fields.ts";
import { type FoundArchive, findArchive } from "../log-archives/store/find-archive.ts";
import { found } from "../plugins/found.ts";
import { whileConnected } from "../plugins/while-connected.ts";
import { createShareWork } from "../workers/share-work.ts";
import { archivePage, filesUrl, type NamedFile } from "./archive-page.ts";
import type { CacheSource } from "./prepare-in-folder.ts";
import { listZippedFiles, type ZippedFile, type ZippedFiles } from "./zip-files.ts";

/** `removed`: deleted because of its age; `missing`: its file is not there; `damaged`: not a complete zip. */
const STATUS_CODES = { removed: 410, missing: 503, damaged: 500 };

interface AskedArchive extends ZippedFiles {
  archive: FoundArchive;
  zipFile: string;
}

export interface WithFile {
  Params: { id: string; position: string };
}

export interface AskedFile extends NamedFile {
  source: CacheSource;
}

/** All who ask at the same time share one listing. */
const shareListing = createShareWork<ZippedFiles>();

/** Answers with `use` of the archive in the address, or with why it cannot be shown. */
export async function withArchive(
  app: FastifyInstance,
  { params, viewer, log }: Pick<FastifyRequest<{ Params: { id: string } }>, "params" | "viewer" | "log">,
  reply: FastifyReply,
  use: (asked: AskedArchive) => Promise<unknown>,
) {
  const archive = found(await findArchive(app.database.db, viewer.organizations, readId(params.id) ?? 0));
  const showGone = async (problem: keyof typeof STATUS_CODES) =>
    await reply.code(STATUS_CODES[problem]).page("log-viewer/gone", {
      ...archivePage(viewer, archive),
      title: viewer.t(`logViewer.gone.${problem}Title`),
      text: viewer.t(`logViewer.gone.${problem}Text`),
    });
  if (archive.path === null || archive.removedAt !== null) return await showGone("removed");
  const zipFile = join(app.config.archiveDir, archive.path);
  let listed: ZippedFiles | "left";
  try {
    listed = await whileConnected(reply, (signal) =>
      shareListing(zipFile, signal, (nobodyWaits) => listZippedFiles(zipFile, nobodyWaits)),
    );
  } catch (error) {
    log.warn({ err: error, archive: archive.id }, "A log archive cannot be read");
    const isOfTheSystem = error instanceof Error && "code" in error;
    return await showGone(isOfTheSystem ? "missing" : "damaged");
  }
  if (listed === "left") return reply.code(499).send();
  return await use({ archive, zipFile, ...listed });
}

/** Answers with `use` of the file in the address, or with why it cannot be shown. */
export async function withFile(
  app: FastifyInstance,
  request: FastifyRequest<WithFile>,
  reply: FastifyReply,
  use: (asked: AskedFile) => Promise<unknown>,
) {
  return await withArchive(app, request, reply, async ({ archive, zipFile, files }) => {
    const position = readId(request.params.position);
    const file = found(files.find((file) => file.position === position));
    const path = `${filesUrl(archive)}/${file.position}`;
    return await use({
      archive,
      name: visibleText(file.name),
      path,
      isAlone: files.length === 1,
      source: cacheSource(archive, zipFile, file),
    });
  });
}

/** A file as the cache identifies it: another size or checksum makes it another file. */
export function cacheSource({ id }: FoundArchive, zipFile: string, file: ZippedFile): CacheSource {
  const { position, bytes, crc32 } = file;
  return { key: `${id}-${position}-${bytes}-${crc32.toString(16)}`, zipFile, position, bytes };
}
