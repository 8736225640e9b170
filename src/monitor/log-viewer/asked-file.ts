import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { visibleText } from "../../protocol/visible-text.ts";
import { readId } from "../forms/id.ts";
import { type FoundArchive, findArchive } from "../log-archives/store/find-archive.ts";
import { whileConnected } from "../plugins/while-connected.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { filesUrl, type NamedFile } from "./archive-page.ts";
import type { CacheSource } from "./prepare-in-folder.ts";
import { type ArchiveProblem, cacheSource, readArchive, showGoneArchive } from "./read-archive.ts";

export interface WithFile {
  Params: { id: string; position: string };
}

/** One file of an archive as an address asks for it. */
export interface AskedFile extends NamedFile {
  source: CacheSource;
}

/** Why there is none; `left`: nobody waits for it any more. */
export type NoFile =
  | { kind: "unknown" }
  | { kind: "left" }
  | { kind: "gone"; archive: FoundArchive; problem: ArchiveProblem };

/** Finds the file of an address for whoever asks. */
export async function findAskedFile(
  app: FastifyInstance,
  request: FastifyRequest<WithFile>,
  reply: FastifyReply,
): Promise<AskedFile | NoFile> {
  const [id, position] = [readId(request.params.id), readId(request.params.position)];
  const { organizations } = request.viewer;
  const archive = id === null ? null : await findArchive(app.database.db, organizations, id);
  if (!archive) return { kind: "unknown" };
  const read = await whileConnected(reply, (signal) =>
    readArchive(archive, app.config.archiveDir, request.log, signal),
  );
  if (read === "left") return { kind: "left" };
  if ("problem" in read) return { kind: "gone", archive, problem: read.problem };
  const file = read.files.find((file) => file.position === position);
  if (!file) return { kind: "unknown" };
  const path = `${filesUrl(archive)}/${file.position}`;
  return { archive, name: visibleText(file.name), path, source: cacheSource(archive, read.zipFile, file) };
}

/** Answers whoever asked for a file that there is none. */
export async function answerWithoutFile(reply: FastifyReply, viewer: Viewer, none: NoFile) {
  if (none.kind === "unknown") return reply.callNotFound();
  if (none.kind === "left") return reply.code(499).send();
  return await showGoneArchive(reply, viewer, none.archive, none.problem);
}
