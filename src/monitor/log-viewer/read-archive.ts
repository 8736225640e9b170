import { join } from "node:path";
import type { FastifyBaseLogger, FastifyReply } from "fastify";
import type { FoundArchive } from "../log-archives/store/find-archive.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { createShareWork } from "../workers/share-work.ts";
import { goneModel } from "./archive-page.ts";
import type { CacheSource } from "./prepare-in-folder.ts";
import { listZippedFiles, type ZippedFile, type ZippedFiles } from "./zip-files.ts";

const STATUS_CODES = { removed: 410, missing: 503, damaged: 500 };

/** `removed`: its time was over; `missing`: it is not where it was put; `damaged`: it is no whole zip. */
export type ArchiveProblem = keyof typeof STATUS_CODES;

export interface ReadArchive extends ZippedFiles {
  zipFile: string;
}

const shareListing = createShareWork<ZippedFiles>();

/** Lists what is in an archive, once for all who ask for it at the same time. @throws the signal's reason. */
export async function readArchive(
  { id, path, removedAt }: FoundArchive,
  archiveDir: string,
  log: FastifyBaseLogger,
  signal: AbortSignal,
): Promise<ReadArchive | { problem: ArchiveProblem }> {
  if (path === null || removedAt !== null) return { problem: "removed" };
  const zipFile = join(archiveDir, path);
  try {
    const listed = await shareListing(zipFile, signal, (nobodyWaits) =>
      listZippedFiles(zipFile, nobodyWaits),
    );
    return { zipFile, ...listed };
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ err: error, archive: id }, "A log archive cannot be read");
    const isOfTheSystem = error instanceof Error && "code" in error;
    return { problem: isOfTheSystem ? "missing" : "damaged" };
  }
}

/** Answers with the page of an archive that cannot be shown. */
export async function showGoneArchive(
  reply: FastifyReply,
  viewer: Viewer,
  archive: FoundArchive,
  problem: ArchiveProblem,
): Promise<string> {
  return await reply.code(STATUS_CODES[problem]).page("log-viewer/gone", goneModel(viewer, archive, problem));
}

/** A file of an archive as the cache knows it; what its checksum and size tell apart is another file. */
export function cacheSource({ id }: FoundArchive, zipFile: string, file: ZippedFile): CacheSource {
  const { position, bytes, crc32 } = file;
  return { key: `${id}-${position}-${bytes}-${crc32.toString(16)}`, zipFile, position, bytes };
}
