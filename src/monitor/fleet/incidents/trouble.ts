import type { Selectable } from "kysely";
import type { PosStatusTable } from "../../database/tables/status-tables.ts";
import type { CauseExample } from "../cause-example.ts";
import { isProblem } from "../state.ts";
import type { IncidentEnd } from "./incident.ts";

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
  /** ms UTC; null = it answers. */
  silentSince: number | null;
}

export type TroubleFacts = Pick<
  Selectable<PosStatusTable>,
  "standing" | "causeKey" | "causeSince" | "problemSince" | "silentSince"
> & { example: CauseExample };

/** How a POS server is at `now` (ms UTC); no trouble begins later than that. */
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

/** When it became part of the incident that it joins at `now`, ms UTC. */
export function joinedAtOf(trouble: Trouble, now: number): number {
  return trouble.kind === "failing" ? Math.min(trouble.causeSince ?? trouble.since, now) : now;
}
