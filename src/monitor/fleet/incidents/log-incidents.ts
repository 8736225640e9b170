import type { FastifyBaseLogger } from "fastify";
import type { Selectable } from "kysely";
import type { IncidentTable } from "../../database/tables/incident-tables.ts";

type LoggedIncident = Pick<
  Selectable<IncidentTable>,
  "id" | "kind" | "posServerId" | "state" | "reopenings" | "quietAt" | "closedAt" | "endedBy"
>;

/** @returns a function that writes into the log what has become of changed incidents, a line each. */
export function createIncidentLog(log: FastifyBaseLogger) {
  const written = new Map<number, string>();

  return (incident: LoggedIncident): void => {
    const { id: incidentId, kind, posServerId, state, reopenings, quietAt, closedAt, endedBy } = incident;
    const stands = closedAt === null ? (quietAt === null ? "failing" : "quiet") : "over";
    const said = `${state} ${stands} ${reopenings}`;
    const before = written.get(incidentId);
    if (before === said || (before === undefined && stands === "over")) return;
    const about = {
      incidentId,
      kind,
      ...(posServerId !== null && { posServerId }),
      state,
      stands,
      reopenings,
    };
    if (stands === "over") {
      written.delete(incidentId);
      log.info({ ...about, endedBy }, "An incident is over");
      return;
    }
    written.set(incidentId, said);
    log.info(about, before === undefined ? "An incident is open" : "An incident has changed");
  };
}
