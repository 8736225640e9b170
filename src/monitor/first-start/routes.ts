import type { FastifyInstance } from "fastify";
import { addOrganizationRoutes } from "./add-organization-routes.ts";
import { issueCommandRoutes } from "./issue-command-routes.ts";
import { showFirstStartRoutes } from "./show-routes.ts";

/** The checklist from the first agent to the first colleague. */
export async function firstStartRoutes(app: FastifyInstance): Promise<void> {
  await showFirstStartRoutes(app);
  await issueCommandRoutes(app);
  await addOrganizationRoutes(app);
}
