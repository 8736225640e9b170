import type { FastifyInstance } from "fastify";
import { addAcknowledgementRoutes, type ShownSubject } from "../acknowledgements/acknowledgement-routes.ts";
import { subjectOfIncident } from "../fleet/incidents/acknowledgements-of-incidents.ts";
import { findIncident, type ShownIncident } from "../fleet/incidents/find-incidents.ts";
import { placeOfIncident, titleOfIncident } from "../fleet/incidents/incident-in-words.ts";
import { readId } from "../forms/id.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { listIncidentsRoutes } from "./list-incidents-routes.ts";
import { showIncidentRoutes } from "./show-incident-routes.ts";

/** `/incidents`: what happened to the fleet, and what became of it. */
export async function incidentRoutes(app: FastifyInstance): Promise<void> {
  await listIncidentsRoutes(app);
  await showIncidentRoutes(app);
  addAcknowledgementRoutes(app, "/incidents", async ({ params, viewer }) => {
    const id = readId(params.id);
    const incident = id === null ? null : await findIncident(app.database.db, viewer.organizations, id);
    return incident && subjectShown(viewer, incident);
  });
}

/** «Занимаюсь», of an incident: of its POS server, or of all of it. */
function subjectShown(viewer: Viewer, incident: ShownIncident): ShownSubject {
  const { id, posServer } = incident;
  return {
    ...subjectOfIncident(incident),
    name: posServer?.name ?? null,
    organizationId: posServer?.organizationId ?? null,
    section: "incidents",
    title: titleOfIncident(viewer, incident),
    subtitle: placeOfIncident(viewer, incident),
    url: `/incidents/${id}`,
    isOver: incident.closedAt !== null,
  };
}
