import { comesBack, type IncidentEnd, type IncidentKind, type MemberStatus } from "./incident.ts";
import type { Trouble } from "./trouble.ts";

/** The incident that a POS server is in. */
export interface Membership {
  incidentId: number;
  kind: IncidentKind;
  status: Exclude<MemberStatus, "left">;
  causeKey: string | null;
}

/** The last incident of its own that a POS server was in. */
export interface PastIncident {
  incidentId: number;
  /** null = it flapped, and is not over yet. */
  closedAt: number | null;
  endedBy: IncidentEnd | null;
}

/** What is known of the incidents of a POS server. */
export interface KnownIncidents {
  current: Membership | null;
  past: PastIncident | null;
  /** That of many to which its trouble belongs. */
  commonId: number | null;
}

/** What follows from the trouble of a POS server; `leaves`: the one of its own that becomes a part of another. */
export type IncidentStep =
  | { do: "nothing" }
  | { do: "open" }
  | { do: "reopen"; incidentId: number }
  | { do: "join"; incidentId: number; leaves: number | null }
  | { do: "pause"; incidentId: number }
  | { do: "resume"; incidentId: number }
  | { do: "change_cause"; incidentId: number }
  | { do: "leave"; incidentId: number; by: IncidentEnd };

const NOTHING: IncidentStep = { do: "nothing" };

/**
 * Decides what becomes of the incidents of a POS server at `now` (ms UTC). Whoever is in an incident of many stays in it until its exchange
 * works, whatever it has meanwhile; one of its own goes on with another cause.
 */
export function nextStep(trouble: Trouble, known: KnownIncidents, now: number): IncidentStep {
  const { current, past, commonId } = known;
  if (trouble.kind === "over") {
    return current ? { do: "leave", incidentId: current.incidentId, by: trouble.by } : NOTHING;
  }
  if (trouble.kind === "unknown") {
    return current?.status === "failing" ? { do: "pause", incidentId: current.incidentId } : NOTHING;
  }
  if (commonId !== null && current?.kind !== "common") {
    return { do: "join", incidentId: commonId, leaves: current?.incidentId ?? null };
  }
  if (current) {
    const { incidentId } = current;
    if (current.status === "paused") return { do: "resume", incidentId };
    const isOther = current.kind === "single" && current.causeKey !== trouble.causeKey;
    return isOther ? { do: "change_cause", incidentId } : NOTHING;
  }
  return past && comesBack(past, now) ? { do: "reopen", incidentId: past.incidentId } : { do: "open" };
}
