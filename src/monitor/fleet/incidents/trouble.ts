import type { CauseExample } from "../cause-example.ts";
import { isProblem } from "../state.ts";
import type { IncidentEnd } from "./incident.ts";

/** What a POS server has, as incidents see it. */
export type Trouble =
  | Failing
  /** Its restaurant is closed, or nobody has asked it yet. */
  | { kind: "unknown" }
  | { kind: "over"; by: IncidentEnd };

/** Its exchange does not work, or nobody knows since it does not answer. */
export interface Failing {
  kind: "failing";
  causeKey: string | null;
  example: CauseExample;
  since: number;
  causeSince: number | null;
  /** ms UTC; null = it answers. */
  silentSince: number | null;
}

/** What the registry and the last poll say of it. */
export interface TroubleFacts {
  standing: "active" | "parked" | "archived";
  causeKey: string | null;
  /** Since when it has that cause, ms UTC; null = nobody knows. */
  causeSince: number | null;
  /** Since when it has been in one problem after another, ms UTC. */
  problemSince: number | null;
  silentSince: number | null;
  example: CauseExample;
}

/** What a POS server has at `now` (ms UTC); nothing has begun later than that. */
export function troubleOf(facts: TroubleFacts, now: number): Trouble {
  const { standing, causeKey, causeSince, problemSince, silentSince, example } = facts;
  if (standing !== "active") return { kind: "over", by: standing };
  if (isProblem(example.state)) {
    const since = Math.min(problemSince ?? now, now);
    return { kind: "failing", causeKey, example, since, causeSince, silentSince };
  }
  if (example.state === "closed" || example.state === "pending") return { kind: "unknown" };
  return { kind: "over", by: example.state === "unsupported" ? "unsupported" : "recovered" };
}

/** When a POS server with this trouble came into the incident that it joins at `now`, ms UTC. */
export function joinedAtOf(trouble: Trouble, now: number): number {
  return trouble.kind === "failing" ? Math.min(trouble.causeSince ?? trouble.since, now) : now;
}
