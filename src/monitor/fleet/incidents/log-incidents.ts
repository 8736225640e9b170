import type { FastifyBaseLogger } from "fastify";
import type { Selectable } from "kysely";
import type { IncidentTable } from "../../database/tables/incident-tables.ts";

type LoggedIncident = Pick<
  Selectable<IncidentTable>,
  "id" | "kind" | "posServerId" | "state" | "reopenings" | "quietAt" | "closedAt" | "endedBy"
>;

/** @returns a function that writes into the log what has become of changed incidents, a line each. */
export function createIncidentLog(log: FastifyBaseLogger) {
  const lastLines = new Map<number, string>();

  return (incident: LoggedIncident): void => {
    const { id: incidentId, kind, posServerId, state, reopenings, quietAt, closedAt, endedBy } = incident;
    const status = closedAt === null ? (quietAt === null ? "failing" : "quiet") : "over";
    const line = `${state} ${status} ${reopenings}`;
    const lastLine = lastLines.get(incidentId);
    if (lastLine === line || (lastLine === undefined && status === "over")) return;
    const about = {
      incidentId,
      kind,
      ...(posServerId !== null && { posServerId }),
      state,
      status,
      reopenings,
    };
    if (status === "over") {
      lastLines.delete(incidentId);
      log.info({ ...about, endedBy }, "An incident is over");
      return;
    }
    lastLines.set(incidentId, line);
    log.info(about, lastLine === undefined ? "An incident is open" : "An incident has changed");
  };
}
