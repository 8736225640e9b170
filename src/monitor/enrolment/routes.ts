import type { FastifyInstance } from "fastify";
import { enrolmentCodeRoutes } from "./code-routes.ts";
import { decideEnrolmentRoutes } from "./decide-enrolment-routes.ts";
import { enrolAgentRoutes } from "./enrol-agent-routes.ts";
import { showEnrolmentsRoutes } from "./show-enrolments-routes.ts";

export async function enrolmentRoutes(app: FastifyInstance): Promise<void> {
  await showEnrolmentsRoutes(app);
  await enrolmentCodeRoutes(app);
  await decideEnrolmentRoutes(app);
  await enrolAgentRoutes(app);
}
