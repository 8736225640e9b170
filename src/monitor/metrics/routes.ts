import type { FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import { createProcessMetrics } from "./process-metrics.ts";
import { stateMetrics } from "./state-metrics.ts";

/** `/metrics` for Prometheus. A token of some organizations gets their states alone. */
export async function metricsRoutes(app: FastifyInstance): Promise<void> {
  let ofProcess: Registry | null = null;

  app.get("/metrics", { config: { access: { token: "metrics" } } }, async (request, reply) => {
    const { organizations } = request.viewer;
    const states = await stateMetrics(app.database.db, organizations);
    ofProcess ??= createProcessMetrics(app);
    const registry = organizations === "all" ? Registry.merge([ofProcess, states]) : states;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
