import type { FastifyInstance } from "fastify";
import type { StorageProblemKind } from "../database/storage-watch.ts";

const STORAGE_PROBLEMS: Record<StorageProblemKind, string> = {
  damaged: "the database is damaged",
  diskFull: "nothing is saved: the disk is full",
  locked: "nothing is saved: another program holds the database",
  unwritable: "nothing is saved: the database cannot be written",
};

/** For supervisors. `/healthz`: the process answers. `/readyz`: it also saves, polls, and can keep logs. */
export async function healthRoutes(app: FastifyInstance): Promise<void> {
  // Read from another address too: the page after `/setup` waits for the new one.
  app.get("/healthz", { config: { access: "public" } }, async (_request, reply) =>
    reply.header("cross-origin-resource-policy", "cross-origin").type("text/plain").send("ok\n"),
  );

  app.get("/readyz", { config: { access: "public" } }, async (request, reply) => {
    reply.type("text/plain");
    try {
      await app.database.db.selectFrom("registryRevision").select("revision").executeTakeFirstOrThrow();
    } catch (error) {
      request.log.error({ err: error }, "The database cannot be read");
      return reply.code(503).send("the database cannot be read\n");
    }
    const storage = app.database.storage.problem(app.clock());
    if (storage) return reply.code(503).send(`${STORAGE_PROBLEMS[storage.kind]}\n`);
    if (app.poller.stalledSince() !== null)
      return reply.code(503).send("POS servers are not polled, or what polls find is not saved\n");
    if (app.archiveStore.problem)
      return reply.code(503).send("no logs can be kept: ARCHIVE_DIR cannot be used\n");
    return reply.send("ready\n");
  });
}
