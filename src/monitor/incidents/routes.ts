import type { FastifyInstance } from "fastify";
import { addAcknowledgementRoutes } from "../acknowledgements/acknowledgement-routes.ts";
import { subjectOfIncident } from "../fleet/incidents/acknowledgements-of-incidents.ts";
import { findIncident } from "../fleet/incidents/find-incidents.ts";
import { placeOfIncident, titleOfIncident } from "../fleet/incidents/incident-in-words.ts";
import { readId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { listIncidentsRoutes } from "./list-incidents-routes.ts";
import { showIncidentRoutes } from "./show-incident-routes.ts";

/** `/incidents`, `/incidents/:id`, and «Занимаюсь» for its POS server, or for all of a common one. */
export async function incidentRoutes(app: FastifyInstance): Promise<void> {
  await listIncidentsRoutes(app);
  await showIncidentRoutes(app);
  addAcknowledgementRoutes(app, "/incidents", async ({ params, viewer }) => {
    const { db } = app.database;
    const incident = found(await findIncident(db, viewer.organizations, readId(params.id) ?? 0));
    const { posServer } = incident;
    return {
      ...subjectOfIncident(incident),
      name: posServer?.name ?? null,
      organizationId: posServer?.organizationId ?? null,
      section: "incidents",
      title: titleOfIncident(viewer, incident),
      subtitle: placeOfIncident(viewer, incident),
      url: `/incidents/${incident.id}`,
      isOver: incident.closedAt !== null,
    };
  });
}
