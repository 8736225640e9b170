import type { FastifyInstance } from "fastify";

/** `/healthz`: the process answers. `/readyz`: it can also read its database. For supervisors, not for people. */
export async function healthRoutes(app: FastifyInstance): Promise<void> {
  app.get("/healthz", { config: { access: "public" } }, async (_request, reply) =>
    reply.type("text/plain").send("ok\n"),
  );

  app.get("/readyz", { config: { access: "public" } }, async (request, reply) => {
    try {
      await app.database.db.selectFrom("registry_revision").select("revision").executeTakeFirstOrThrow();
      return reply.type("text/plain").send("ready\n");
    } catch (error) {
      request.log.error({ err: error }, "The database cannot be read");
      return reply.code(503).type("text/plain").send("the database cannot be read\n");
    }
  });
}
