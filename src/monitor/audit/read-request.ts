import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { listAuditChoices } from "./choices.ts";
import { keepChoices, parseAuditFilter } from "./filter.ts";

/** Who asks for the log, by which filter, and what else there is to choose from. */
export async function readAuditRequest(db: Kysely<Database>, request: FastifyRequest) {
  const { id: userId, isAdministrator } = request.signedInUser();
  const auditViewer = { userId, isAdministrator, organizations: request.viewer.organizations };
  const asked = parseAuditFilter(request.query);
  const choices = await listAuditChoices(db, auditViewer, asked.filter);
  return { auditViewer, choices, ...keepChoices(asked, choices) };
}
