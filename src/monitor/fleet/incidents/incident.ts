import type { Selectable } from "kysely";
import type { PosStatusTable } from "../../database/tables/status-tables.ts";
import { type CauseExample, NO_ANSWER } from "../cause-example.ts";
import { COMES_BACK_WITHIN_MS, FLAPS_FROM_FAILURES } from "../flapping.ts";
import { isProblem } from "../state.ts";

export type Trouble =
  | Failing
  /** Its restaurant is closed, or it has not been polled yet. */
  | { kind: "unknown" }
  | { kind: "over"; by: IncidentEnd };

export interface Failing {
  kind: "failing";
  causeKey: string | null;
  example: CauseExample;
  since: number;
  causeSince: number | null;
}

export type TroubleFacts = Pick<
  Selectable<PosStatusTable>,
  "standing" | "causeKey" | "causeSince" | "problemSince"
> & { example: CauseExample };

/** Of one POS server, or of many that came into the same cause at once. */
export type IncidentKind = "single" | "common";

/** `paused`: unknown, since its restaurant is closed or it waits for its first poll. */
export type MemberStatus = "failing" | "paused" | "left";

/**
 * How a POS server left an incident, or how that ended. `answered`: it answers again, but no exchange was seen.
 * `own_cause`: its trouble from before the common incident remains. `joined`: the trouble is part of a common incident
 * now.
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

export type IncidentEventKind = "cause" | "reopened" | "paused" | "resumed";

/** After these ends the same trouble may come back. */
const PASSED: readonly (IncidentEnd | null)[] = ["recovered", "answered", "own_cause"];

/** Nothing is known of the exchange while the POS server does not answer. One that refuses the monitor has answered. */
export function isSilence({ causeKey }: { causeKey: string | null }): boolean {
  return causeKey === NO_ANSWER;
}

/** What flaps is not over with a recovery. */
export function isFlapping({ reopenings }: { reopenings: number }): boolean {
  return reopenings + 1 >= FLAPS_FROM_FAILURES;
}

/**
 * Whether an incident in which nobody fails since `quietAt` (ms UTC) is over at `now`: at once, or after half an hour if
 * it flaps. A clock that was set back does not prolong this.
 */
export function isOver(incident: { reopenings: number; quietAt: number }, now: number): boolean {
  return !isFlapping(incident) || Math.abs(now - incident.quietAt) >= COMES_BACK_WITHIN_MS;
}

/** Whether new trouble at `now` is this incident coming back. */
export function comesBack(
  { closedAt, endedBy }: { closedAt: number | null; endedBy: IncidentEnd | null },
  now: number,
): boolean {
  if (closedAt === null) return true;
  return PASSED.includes(endedBy) && Math.abs(now - closedAt) <= COMES_BACK_WITHIN_MS;
}

/** How a POS server is at `now` (ms UTC); no trouble begins later than that. */
export function troubleOf(facts: TroubleFacts, now: number): Trouble {
  const { standing, causeKey, causeSince, problemSince, example } = facts;
  if (standing !== "active") return { kind: "over", by: standing };
  if (isProblem(example.state)) {
    const since = Math.min(problemSince ?? now, now);
    return { kind: "failing", causeKey, example, since, causeSince };
  }
  if (example.state === "closed" || example.state === "pending") return { kind: "unknown" };
  return { kind: "over", by: example.state === "unsupported" ? "unsupported" : "recovered" };
}

/** When it became part of the incident that it joins at `now`, ms UTC. */
export function joinedAtOf(trouble: Trouble, now: number): number {
  return trouble.kind === "failing" ? Math.min(trouble.causeSince ?? trouble.since, now) : now;
}
