import type { Db } from "../../database/schema.ts";
import {
  type Acknowledgement,
  type AcknowledgementSubject,
  readAcknowledgements,
  readAcknowledgementsOfMany,
} from "../../restaurants/acknowledgements.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import type { ShownIncident } from "./find-incidents.ts";

type TakeableIncident = Pick<ShownIncident, "id" | "closedAt"> & {
  posServer: { id: number | null } | null;
};

/** Of a single incident its POS server while it is open, else the incident. */
export function subjectOfIncident(incident: TakeableIncident): AcknowledgementSubject {
  return incident.closedAt === null ? whoseAcknowledgements(incident) : { kind: "incident", id: incident.id };
}

export function whoseAcknowledgements({ id, posServer }: TakeableIncident): AcknowledgementSubject {
  return posServer !== null && posServer.id !== null
    ? { kind: "posServer", id: posServer.id }
    : { kind: "incident", id };
}

/** Who takes care of these incidents at `now` (ms UTC), by incident id, as this viewer may see it; nobody of closed ones. */
export async function readAcknowledgementsOfIncidents(
  db: Db,
  access: OrganizationAccess,
  incidents: readonly TakeableIncident[],
  now: number,
): Promise<Map<number, Acknowledgement>> {
  const subjects = incidents
    .filter(({ closedAt }) => closedAt === null)
    .map((incident) => ({ incidentId: incident.id, subject: subjectOfIncident(incident) }));
  const idsOf = (kind: AcknowledgementSubject["kind"]) =>
    subjects.filter(({ subject }) => subject.kind === kind).map(({ subject }) => subject.id);
  const found = {
    posServer: await readAcknowledgements(db, idsOf("posServer"), now),
    incident: await readAcknowledgementsOfMany(db, access, idsOf("incident"), now),
  };
  return new Map(
    subjects.flatMap(({ incidentId, subject }): [number, Acknowledgement][] => {
      const acknowledgement = found[subject.kind].get(subject.id);
      return acknowledgement ? [[incidentId, acknowledgement]] : [];
    }),
  );
}
