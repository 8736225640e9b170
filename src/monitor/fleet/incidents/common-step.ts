import type { Selectable } from "kysely";
import type { IncidentTable } from "../../database/tables/incident-tables.ts";
import type { CauseInWords } from "../../database/tables/status-tables.ts";
import { comesBack } from "./incident.ts";

/** Trouble that comes this long after the last one is not part of it. */
export const JOINS_WITHIN_MS = 30 * 60_000;
/** A crowd comes into its cause within this time. */
export const CROWD_MS = 10 * 60_000;

/** A common incident that is open, or was closed a short while ago. */
export type CommonIncident = Pick<CauseInWords, "causeKey"> &
  Pick<Selectable<IncidentTable>, "id" | "openedAt" | "joinedAt" | "failing" | "closedAt" | "endedBy">;

/**
 * Many POS servers that came into a cause at once, and the common incident of another cause that most of them are in.
 * Incidents of silence and of the exchange are kept apart: neither continues the other.
 */
export interface Crowd {
  causeKey: string;
  since: number;
  posServers: number;
  /** Those in no common incident of that sort. */
  free: number;
  incident: { id: number; posServers: number } | null;
}

/** `nothing`: most of the crowd are in several common incidents already. */
export type CommonStep =
  | { do: "open" }
  | { do: "nothing" }
  | { do: "reopen" | "change_cause"; incidentId: number };

/** The open incident of a crowd: one that was joined shortly before. @param incidents newest first. */
export function incidentOfCrowd(
  { causeKey, since }: Pick<Crowd, "causeKey" | "since">,
  incidents: readonly CommonIncident[],
): CommonIncident | null {
  const isSame = (incident: CommonIncident) =>
    incident.closedAt === null && incident.causeKey === causeKey && since <= incident.joinedAt + CROWD_MS;
  return incidents.find(isSame) ?? null;
}

/**
 * Decides which incident a crowd without one gets.
 * @param incidents newest first.
 * @param enough how many POS servers make a crowd.
 */
export function commonStep(
  crowd: Crowd,
  incidents: readonly CommonIncident[],
  enough: number,
  now: number,
): CommonStep {
  if (crowd.incident && crowd.incident.posServers * 2 > crowd.posServers) {
    return { do: "change_cause", incidentId: crowd.incident.id };
  }
  if (crowd.free < enough) return { do: "nothing" };
  const back = incidents.find(
    ({ causeKey, closedAt, endedBy }) =>
      causeKey === crowd.causeKey && closedAt !== null && comesBack({ closedAt, endedBy }, now),
  );
  return back ? { do: "reopen", incidentId: back.id } : { do: "open" };
}

/** Whether a crowd fails and the last one joined lately: then whoever fails now belongs to it without a new count. */
export function isSpreading(
  { closedAt, failing, joinedAt }: CommonIncident,
  enough: number,
  now: number,
): boolean {
  return closedAt === null && failing >= enough && Math.abs(now - joinedAt) <= CROWD_MS;
}

/**
 * Whether a POS server with the cause of an open common incident belongs to it: as part of its crowd, or soon after the
 * last one while the crowd fails.
 * @param crowdSince ms UTC; null = the incident has no crowd.
 */
export function belongsTo(
  { joinedAt, failing }: Pick<CommonIncident, "joinedAt" | "failing">,
  arrival: { causeSince: number | null; crowdSince: number | null; enough: number },
): boolean {
  const { causeSince, crowdSince, enough } = arrival;
  if (causeSince === null) return false;
  if (crowdSince !== null && causeSince >= crowdSince) return true;
  return failing >= enough && Math.abs(causeSince - joinedAt) <= JOINS_WITHIN_MS;
}
