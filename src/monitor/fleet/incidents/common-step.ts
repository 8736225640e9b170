import { comesBack, type IncidentEnd } from "./incident.ts";

/** Trouble that comes so long after the last one is not a part of it. */
export const JOINS_WITHIN_MS = 30 * 60_000;
/** As many come into a cause within this time, as `findCommonFailures` counts them. */
export const CROWD_MS = 10 * 60_000;

/** An incident of many that is open, or was over a short while ago. */
export interface CommonIncident {
  id: number;
  causeKey: string | null;
  openedAt: number;
  /** When the last POS server came into it so far, ms UTC. */
  joinedAt: number;
  failing: number;
  closedAt: number | null;
  endedBy: IncidentEnd | null;
}

/**
 * Many that came into a cause at once, and the incident of another cause that most of those are in that are in one. Silences and causes of the
 * exchange are told apart: neither goes on as the other.
 */
export interface Crowd {
  causeKey: string;
  /** ms UTC. */
  since: number;
  posServers: number;
  /** Those that are in no incident of many of that sort. */
  free: number;
  incident: { id: number; posServers: number } | null;
}

/** `leave`: most of it are in incidents of many already, of several. */
export type CommonStep =
  | { do: "open" }
  | { do: "leave" }
  | { do: "reopen" | "change_cause"; incidentId: number };

/**
 * Finds the open incident that a crowd belongs to; stragglers of long ago are no reason to call new trouble old.
 * @param incidents the newest first.
 */
export function incidentOfCrowd(
  { causeKey, since }: Pick<Crowd, "causeKey" | "since">,
  incidents: readonly CommonIncident[],
): CommonIncident | null {
  const isSame = (incident: CommonIncident) =>
    incident.closedAt === null && incident.causeKey === causeKey && since <= incident.joinedAt + CROWD_MS;
  return incidents.find(isSame) ?? null;
}

/** Decides which incident a crowd gets that belongs to none. @param incidents the newest first. @param enough make a crowd. */
export function commonStep(
  crowd: Crowd,
  incidents: readonly CommonIncident[],
  enough: number,
  now: number,
): CommonStep {
  if (crowd.incident && crowd.incident.posServers * 2 > crowd.posServers) {
    return { do: "change_cause", incidentId: crowd.incident.id };
  }
  if (crowd.free < enough) return { do: "leave" };
  const back = incidents.find(
    ({ causeKey, closedAt, endedBy }) =>
      causeKey === crowd.causeKey && closedAt !== null && comesBack({ closedAt, endedBy }, now),
  );
  return back ? { do: "reopen", incidentId: back.id } : { do: "open" };
}

/** Whether as many fail as make a crowd, and the last one came a short while ago: who comes now belongs to it, without counting anew. */
export function isSpreading(
  { closedAt, failing, joinedAt }: CommonIncident,
  enough: number,
  now: number,
): boolean {
  return closedAt === null && failing >= enough && Math.abs(now - joinedAt) <= CROWD_MS;
}

/**
 * Whether a POS server that comes into the cause of an open incident of many belongs to it: to a crowd that does, or soon after the last one
 * while as many fail as make a crowd.
 * @param crowdSince of the crowd that belongs to the incident, ms UTC; null = there is none.
 */
export function belongsTo(
  { joinedAt, failing }: Pick<CommonIncident, "joinedAt" | "failing">,
  {
    causeSince,
    crowdSince,
    enough,
  }: { causeSince: number | null; crowdSince: number | null; enough: number },
): boolean {
  if (causeSince === null) return false;
  if (crowdSince !== null && causeSince >= crowdSince) return true;
  return failing >= enough && Math.abs(causeSince - joinedAt) <= JOINS_WITHIN_MS;
}
