import { join } from "node:path";
import type { FastifyBaseLogger, FastifyReply } from "fastify";
import type { FoundArchive } from "../log-archives/store/find-archive.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { goneModel } from "./archive-page.ts";
import type { CacheSource } from "./log-cache.ts";
import { listZippedFiles, type ZippedFile } from "./zip-files.ts";

const STATUS_CODES = { removed: 410, missing: 503, damaged: 500 };

/** `removed`: its time was over; `missing`: it is not where it was put; `damaged`: it is no whole zip. */
export type ArchiveProblem = keyof typeof STATUS_CODES;

export interface ReadArchive {
  zipFile: string;
  files: ZippedFile[];
  /** There are more files than are listed. */
  isCut: boolean;
}

/** Lists what is in an archive. */
export async function readArchive(
  { id, path, removedAt }: FoundArchive,
  archiveDir: string,
  log: FastifyBaseLogger,
): Promise<ReadArchive | { problem: ArchiveProblem }> {
  if (path === null || removedAt !== null) return { problem: "removed" };
  const zipFile = join(archiveDir, path);
  try {
    return { zipFile, ...(await listZippedFiles(zipFile)) };
  } catch (error) {
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
