import type { FastifyInstance } from "fastify";
import { readId, type WithId } from "../forms/fields.ts";
import { downloadNameOfAll, savedAs } from "./download-names.ts";
import { findInStore, sendArchive, sendZipOfArchives, showMissing } from "./send-archives.ts";
import { findArchive, listFetchedArchives } from "./store/find-archive.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

/** `/log-archives/:id`: the download of one archive; `/log-requests/:id/archives.zip`: of all of a request. */
export async function downloadArchivesRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const { archiveDir } = app.config;

  app.get<WithId>("/log-archives/:id", ACCESS, async (request, reply) => {
    const found = await findArchive(db, request.viewer.organizations, readId(request.params.id) ?? 0);
    if (!found) return reply.callNotFound();
    const archive = await findInStore(archiveDir, found);
    if (!archive) return await showMissing(request, reply, found);
    return await sendArchive(request, reply, archive);
  });

  const asZip = { ...ACCESS, exposeHeadRoute: false };
  app.get<WithId>("/log-requests/:id/archives.zip", asZip, async (request, reply) => {
    const id = readId(request.params.id) ?? 0;
    const fetched = await listFetchedArchives(db, request.viewer.organizations, id);
    const [first, ...others] = fetched.filter(({ removedAt }) => removedAt === null);
    if (!first) return reply.callNotFound();
    const disposition = savedAs(downloadNameOfAll([first, ...others]));
    return await sendZipOfArchives(request, reply, [first, ...others], disposition);
  });
}
