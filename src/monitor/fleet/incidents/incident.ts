import type { PosServerState } from "../state.ts";

/** Of one POS server, or of many that came into the same cause at once. */
export type IncidentKind = "single" | "common";

/**
 * `suspended`: it counts as failing still, while another incident covers this one; `paused`: nobody knows whether it still fails: its
 * restaurant is closed, or it waits for its first poll.
 */
export type MemberStatus = "failing" | "suspended" | "paused" | "left";

/**
 * How a POS server left an incident, and so how that ended: its exchange works again; its polls were stopped, its organization archived,
 * it was deleted, its version is not supported any more; `joined`: the trouble has become a part of that of many; `answered`: it answers again, though
 * its exchange was not seen to work; `own_cause`: what it had before that of many is still there.
 */
const INCIDENT_ENDS = [
  "recovered",
  "answered",
  "own_cause",
  "parked",
  "archived",
  "removed",
  "unsupported",
  "joined",
] as const;
export type IncidentEnd = (typeof INCIDENT_ENDS)[number];

/** What happens to an incident between its beginning and its end. */
export type IncidentEventKind = "cause" | "reopened" | "paused" | "resumed" | "silent" | "answered";

/** Ways in which trouble passes: what comes back soon after is the same. */
const PASSED: readonly (IncidentEnd | null)[] = ["recovered", "answered", "own_cause"];

/** The state of what tells nothing of its exchange, since nobody answers. */
export const SILENCE = "unreachable" satisfies PosServerState;

export function isSilence({ state }: { state: PosServerState }): boolean {
  return state === SILENCE;
}

/** What came back twice within such a time has no end that could be told: it flaps. */
export const REOPENS_WITHIN_MS = 30 * 60_000;
const FLAPS_FROM_REOPENINGS = 2;

/** Whether it has come back so often that it works for a while and fails for a while. */
export function isFlapping({ reopenings }: { reopenings: number }): boolean {
  return reopenings >= FLAPS_FROM_REOPENINGS;
}

/**
 * Whether an incident in which no POS server fails any more is over at `now`. What flaps is over only when it has been quiet for as long as it
 * would come back within. @param quietAt ms UTC; a clock that was turned back makes nothing wait for longer.
 */
export function isOver(
  { reopenings, quietAt }: { reopenings: number; quietAt: number },
  now: number,
): boolean {
  return !isFlapping({ reopenings }) || Math.abs(now - quietAt) >= REOPENS_WITHIN_MS;
}

/** Whether trouble at `now` is an ended incident that comes back. */
export function comesBack(
  { closedAt, endedBy }: { closedAt: number | null; endedBy: IncidentEnd | null },
  now: number,
): boolean {
  if (closedAt === null) return true;
  return PASSED.includes(endedBy) && Math.abs(now - closedAt) <= REOPENS_WITHIN_MS;
}
