import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { readPlannedFiles } from "../log-archives/outcome/stored-files.ts";
import { filesUrl } from "../log-viewer/archive-page.ts";
import { listZippedFiles } from "../log-viewer/zip-files.ts";
import type { findLine } from "./find-results.ts";
import { longestPart } from "./sought-text.ts";

const MINUTE_MS = 60_000;
const LOOKED_INTO = 50;

export type FoundLine = NonNullable<Awaited<ReturnType<typeof findLine>>>;

/** Where the viewer shows a line; null while no archive that was fetched after it has its file. */
export async function findLineUrl(
  { database, config, log }: Pick<FastifyInstance, "database" | "config" | "log">,
  { id, lineAt, lastAt, file, utcOffsetMinutes }: FoundLine,
  sought: string,
): Promise<string | null> {
  const archives = await database.db
    .selectFrom("logArchive")
    .innerJoin("logRequest", "logRequest.id", "logArchive.logRequestId")
    .select(["logArchive.id", "path", "files"])
    .where("posServerId", "=", id)
    .where("logArchive.status", "=", "done")
    .where("removedAt", "is", null)
    // A file of the same name may be another one later.
    .where("logArchive.finishedAt", ">=", lastAt)
    .orderBy("logArchive.finishedAt")
    .limit(LOOKED_INTO)
    .execute();
  const archive = archives.find(({ files }) => readPlannedFiles(files).some(({ name }) => name === file));
  if (!archive?.path) return null;
  const zipFile = join(config.archiveDir, archive.path);
  const listed = await listZippedFiles(zipFile, new AbortController().signal).catch((error: unknown) => {
    log.warn({ err: error, archive: archive.id }, "A log archive cannot be read");
    return null;
  });
  const zipped = listed?.files.find(({ name }) => name === file);
  if (!zipped) return null;
  const atItsClock = new Date(lineAt + (utcOffsetMinutes ?? 0) * MINUTE_MS).toISOString();
  const query = new URLSearchParams({
    go: atItsClock.slice(0, "YYYY-MM-DDTHH:mm:ss".length).replace("T", " "),
    q: longestPart(sought),
  });
  return `${filesUrl(archive)}/${zipped.position}?${query}`;
}
