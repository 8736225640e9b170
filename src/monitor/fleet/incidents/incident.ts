import type { PosServerState } from "../state.ts";

/** Of one POS server, or of many that came into the same cause at once (a common incident). */
export type IncidentKind = "single" | "common";

/**
 * `suspended`: it still counts as failing, while another incident covers this one; `paused`: whether it still fails is unknown,
 * since its restaurant is closed or it waits for its first poll.
 */
export type MemberStatus = "failing" | "suspended" | "paused" | "left";

/**
 * How a POS server left an incident, and so how that ended. `answered`: it answers again, but no exchange was seen;
 * `own_cause`: its trouble from before the common incident is still there; `joined`: the trouble is part of a common incident now.
 */
export type IncidentEnd =
  | "recovered"
  | "answered"
  | "own_cause"
  | "parked"
  | "archived"
  | "removed"
  | "unsupported"
  | "joined";

/** What happens to an incident between its beginning and its end. */
export type IncidentEventKind = "cause" | "reopened" | "paused" | "resumed" | "silent" | "answered";

/** Ends after which the same trouble may come back. */
const PASSED: readonly (IncidentEnd | null)[] = ["recovered", "answered", "own_cause"];

/** The state in which nothing is known of the exchange, since the POS server does not answer. */
export const SILENCE = "unreachable" satisfies PosServerState;

export function isSilence({ state }: { state: PosServerState }): boolean {
  return state === SILENCE;
}

/** What comes back twice within this time flaps: its ends say nothing. */
export const REOPENS_WITHIN_MS = 30 * 60_000;
const FLAPS_FROM_REOPENINGS = 2;

/** Whether it keeps coming back. */
export function isFlapping({ reopenings }: { reopenings: number }): boolean {
  return reopenings >= FLAPS_FROM_REOPENINGS;
}

/**
 * Whether an incident in which nobody has failed since `quietAt` (ms UTC) is over at `now`: at once, but a flapping one after half an
 * hour. A clock that was set back makes nothing wait longer.
 */
export function isOver(incident: { reopenings: number; quietAt: number }, now: number): boolean {
  return !isFlapping(incident) || Math.abs(now - incident.quietAt) >= REOPENS_WITHIN_MS;
}

/** Whether new trouble at `now` is this incident coming back. */
export function comesBack(
  { closedAt, endedBy }: { closedAt: number | null; endedBy: IncidentEnd | null },
  now: number,
): boolean {
  if (closedAt === null) return true;
  return PASSED.includes(endedBy) && Math.abs(now - closedAt) <= REOPENS_WITHIN_MS;
}
