import type { Selectable } from "kysely";
import type { IncidentTable } from "../../database/tables/incident-tables.ts";
import type { CauseInWords } from "../../database/tables/status-tables.ts";
import type { CauseExample } from "../cause-example.ts";
import { JOINS_WITHIN_MS } from "./common-step.ts";
import {
  comesBack,
  type Failing,
  type IncidentEnd,
  isSilence,
  type MemberStatus,
  type Trouble,
} from "./incident.ts";

/** The time of one exchange varies a little from report to report, since another machine tells it. */
const CLOCKS_WAVER_MS = 60_000;

export interface Membership
  extends Pick<Selectable<IncidentTable>, "kind" | "state" | "causeAt" | "failingSince">,
    Pick<CauseInWords, "causeKey"> {
  incidentId: number;
  status: Exclude<MemberStatus, "left">;
  /** Former causes, newest first; read only where it may become part of another incident. */
  before: readonly FormerCause[];
}

/** A cause that an incident had since `causeAt` (ms UTC). */
export interface FormerCause {
  causeKey: string | null;
  causeAt: number;
  example: CauseExample;
}

/** The last single incident of a POS server. `closedAt` null = it flaps, and is not over yet. */
export interface PastIncident extends Pick<Selectable<IncidentTable>, "closedAt" | "endedBy"> {
  incidentId: number;
}

export interface KnownIncidents {
  current: readonly Membership[];
  past: PastIncident | null;
  commonId: number | null;
  /** Common incidents whose cause nobody has any more, though some still fail. */
  pastIds?: ReadonlySet<number>;
}

/** What follows from the trouble of a POS server. `part`: its own incident becomes part of another. */
export type IncidentStep =
  | { do: "open" }
  | { do: "reopen"; incidentId: number }
  | { do: "join"; incidentId: number; part: number | null }
  | { do: "pause"; incidentId: number }
  | { do: "resume"; incidentId: number }
  | { do: "change_cause"; incidentId: number }
  | { do: "restore_cause"; incidentId: number; cause: FormerCause }
  | { do: "begin_anew"; incidentId: number; since: number }
  | { do: "leave"; incidentId: number; by: IncidentEnd };

/** A POS server's incidents, each covering those before it: its own, a common one about the exchange, and a common silence. */
interface Layers {
  own: Membership | null;
  common: Membership | null;
  silence: Membership | null;
}

/**
 * Decides what becomes of the incidents of a POS server at `now` (ms UTC). A covered incident goes on: a silence says
 * nothing about the exchange, and a common incident does not end older trouble. It stays in a common incident
 * about the exchange until that works, its own former cause is back, or nobody has the common cause any more. A new cause
 * does not end its own incident.
 */
export function nextSteps(trouble: Trouble, known: KnownIncidents, now: number): IncidentStep[] {
  const { current } = known;
  if (trouble.kind === "over") return current.flatMap((one) => leave(one, trouble.by));
  if (trouble.kind === "unknown")
    return current.flatMap(({ incidentId, status }) =>
      status === "paused" ? [] : [{ do: "pause", incidentId }],
    );
  const resumed = current.flatMap(({ incidentId, status }): IncidentStep[] =>
    status === "paused" ? [{ do: "resume", incidentId }] : [],
  );
  const find = (isOne: (one: Membership) => boolean) => current.find(isOne) ?? null;
  const layers: Layers = {
    own: find(({ kind }) => kind === "single"),
    common: find((one) => one.kind === "common" && !isSilence(one)),
    silence: find((one) => one.kind === "common" && isSilence(one)),
  };
  const steps = isSilence(trouble)
    ? stepsOfSilence(trouble, layers, known, now)
    : stepsOfCause(trouble, layers, known, now);
  return [...resumed, ...beginAnew(trouble, layers.own), ...steps];
}

function stepsOfSilence(
  trouble: Failing,
  { own, common, silence }: Layers,
  known: KnownIncidents,
  now: number,
): IncidentStep[] {
  if (silence) return [];
  if (known.commonId !== null) return join(trouble, known.commonId, own);
  return common || own ? [] : begin(known, now);
}

function stepsOfCause(
  trouble: Failing,
  { own, common, silence }: Layers,
  known: KnownIncidents,
  now: number,
): IncidentStep[] {
  const answered = leave(silence, "answered");
  const isOwn = common !== null && common.causeKey !== trouble.causeKey;
  if (isOwn && (known.pastIds?.has(common.incidentId) || own?.causeKey === trouble.causeKey))
    return [...answered, ...leave(common, "own_cause"), ...goOnAlone(trouble, own, known, now)];
  if (common) return answered;
  if (known.commonId !== null) return [...answered, ...join(trouble, known.commonId, own)];
  return [...answered, ...goOnAlone(trouble, own, known, now)];
}

function goOnAlone(
  trouble: Failing,
  own: Membership | null,
  known: KnownIncidents,
  now: number,
): IncidentStep[] {
  if (own === null) return begin(known, now);
  return own.causeKey === trouble.causeKey ? [] : [{ do: "change_cause", incidentId: own.incidentId }];
}

/**
 * Joins a common incident. Its own incident becomes part of it if it is about the same trouble; if it had another cause
 * before, it gets that back.
 */
function join(trouble: Failing, incidentId: number, own: Membership | null): IncidentStep[] {
  if (own === null || !isPart(trouble, own)) return [{ do: "join", incidentId, part: null }];
  const cause = own.before.find(
    ({ causeKey, causeAt, example: { state } }) => !isPart(trouble, { causeKey, causeAt, state }),
  );
  if (!cause) return [{ do: "join", incidentId, part: own.incidentId }];
  return [
    { do: "restore_cause", incidentId: own.incidentId, cause },
    { do: "join", incidentId, part: null },
  ];
}

function isPart(
  { causeKey, causeSince }: Failing,
  own: Pick<Membership, "causeKey" | "state" | "causeAt">,
): boolean {
  if (own.causeKey === causeKey || isSilence(own)) return true;
  const beganWithIt = Math.abs((causeSince ?? own.causeAt) - own.causeAt) <= JOINS_WITHIN_MS;
  return beganWithIt && own.state === "sync_stale" && !isSilence({ causeKey });
}

/** After an exchange during a silence the POS server has failed anew. */
function beginAnew({ since, example }: Failing, own: Membership | null): IncidentStep[] {
  if (own === null || Math.min(since, example.lastSyncAt ?? 0) - own.failingSince < CLOCKS_WAVER_MS)
    return [];
  return [{ do: "begin_anew", incidentId: own.incidentId, since }];
}

function begin({ past }: KnownIncidents, now: number): IncidentStep[] {
  return past && comesBack(past, now) ? [{ do: "reopen", incidentId: past.incidentId }] : [{ do: "open" }];
}

function leave(left: Membership | null, by: IncidentEnd): IncidentStep[] {
  return left === null ? [] : [{ do: "leave", incidentId: left.incidentId, by }];
}
