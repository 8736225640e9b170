import type { FastifyInstance } from "fastify";
import { Gauge, Registry } from "prom-client";
import type { Db } from "../database/schema.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import { createProcessMetrics } from "./process-metrics.ts";

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

/** How many POS servers of each organization are in each state, and how many incidents are open, of what may be seen. */
async function stateMetrics(db: Db, access: OrganizationAccess): Promise<Registry> {
  const registry = new Registry();
  const posServers = new Gauge({
    name: "poswatch_pos_servers",
    help: "POS servers by organization and state; those whose polling is paused are parked",
    labelNames: ["organization", "crm_id", "state"],
    registers: [registry],
  });
  const incidents = new Gauge({
    name: "poswatch_open_incidents",
    help: "Open incidents by organization; one that many share counts for each of them",
    labelNames: ["organization", "crm_id"],
    registers: [registry],
  });
  for (const { name, crmId, state, count } of await countStates(db, access))
    posServers.set({ organization: name, crm_id: crmId, state }, count);
  for (const { name, crmId, count } of await countIncidents(db, access))
    incidents.set({ organization: name, crm_id: crmId }, count);
  return registry;
}

/** States without a POS server are left out once there never was one. */
async function countStates(db: Db, access: OrganizationAccess) {
  return await db
    .selectFrom("organization")
    .innerJoin("stateCount", "stateCount.organizationId", "organization.id")
    .select(["organization.name", "organization.crmId", "state", "posServers as count"])
    .where(isShownTo(access))
    .orderBy("organization.id")
    .execute();
}

/** By organization, also where there is none. */
async function countIncidents(db: Db, access: OrganizationAccess) {
  const open = await db
    .selectFrom("incident")
    .innerJoin("incidentOrganization as concerned", "concerned.incidentId", "incident.id")
    .select(["concerned.organizationId", ({ fn }) => fn.countAll<number>().as("count")])
    .where("incident.closedAt", "is", null)
    .groupBy("concerned.organizationId")
    .execute();
  const counts = new Map(open.map(({ organizationId, count }) => [organizationId, count]));
  const organizations = await listOrganizations(db, access);
  return organizations.map(({ id, ...organization }) => ({ ...organization, count: counts.get(id) ?? 0 }));
}
