import type { IncidentKind } from "../../fleet/incidents/incident.ts";
import type { PosServerState } from "../../fleet/state.ts";
import type { TellingKind } from "../channels/message.ts";
import type { RuleTerms } from "./rule.ts";

/** How an incident stands for those of its POS servers that a rule is about. */
export type IncidentStatus = "failing" | "paused" | "quiet" | "over";

/** What a message says: that it fails, or that it is over. */
export type Said = "failing" | "over";

/** An incident as a rule sees it; times in ms UTC. */
export interface SeenIncident {
  kind: IncidentKind;
  state: PosServerState;
  status: IncidentStatus;
  openedAt: number;
  /** Since when it has failed, without a quiet between. */
  failingSince: number;
  reopenings: number;
  isFlapping: boolean;
  /** Whether somebody takes care of it. */
  isTaken: boolean;
}

/** What was told of it so far, delivered or on its way; times in ms UTC. */
export interface Told {
  says: Said;
  /** When that it fails was told, and when somebody was reminded of it last. */
  toldAt: number;
  alertedAt: number;
  escalatedAt: number | null;
}

/** What is to be told now, and when to look again though nothing changes (ms UTC); null = not before it changes. */
export interface Telling {
  tell: Exclude<TellingKind, "escalated" | "summary" | "channel" | "channel_works" | "test"> | null;
  /** Whether the channel of the escalation is to be told. */
  escalates: boolean;
  lookAgainAt: number | null;
}

type Terms = Pick<RuleTerms, "states" | "afterMs" | "isCommonAtOnce" | "repeatMs" | "escalation">;

/** Now, and when the quiet hours end in which it is (null = in none), ms UTC. */
export interface Moment {
  now: number;
  quietUntil: number | null;
}

/**
 * Decides what is told of an incident by a rule. Somebody hears of it once: when it has lasted, when it comes back after it was told to be over,
 * and again only where the rule repeats it or nobody takes care of it; all else changes what was told.
 */
export function nextTelling(
  terms: Terms,
  incident: SeenIncident,
  told: Told | null,
  moment: Moment,
): Telling {
  if (told === null || told.says === "over") {
    return incident.status === "failing"
      ? waitToTell(terms, incident, told === null ? "opened" : "reopened", moment)
      : change(told !== null);
  }
  if (incident.status === "over") return { ...change(true), tell: "closed" };
  if (incident.status !== "failing" || incident.isTaken) return change(true);
  return remind(terms, told, moment);
}

function change(isTold: boolean): Telling {
  return { tell: isTold ? "changed" : null, escalates: false, lookAgainAt: null };
}

function waitToTell(
  terms: Terms,
  incident: SeenIncident,
  tell: "opened" | "reopened",
  { now, quietUntil }: Moment,
): Telling {
  // A message that says that it is over stays as it is: what comes back gets one of its own.
  const waiting = change(false);
  if (!terms.states.includes(incident.state)) return waiting;
  const dueAt = dueSince(beginningOf(incident), waitOf(terms, incident), now);
  const toldAt = Math.max(dueAt, quietUntil ?? 0);
  return toldAt > now
    ? { ...waiting, lookAgainAt: toldAt }
    : { tell, escalates: false, lookAgainAt: firstReminder(terms, now) };
}

/** What works for a while and fails for a while has lasted since it began. */
function beginningOf({ isFlapping, openedAt, failingSince }: SeenIncident): number {
  return isFlapping ? openedAt : failingSince;
}

function waitOf({ afterMs, isCommonAtOnce }: Terms, { kind }: SeenIncident): number {
  return kind === "common" && isCommonAtOnce ? 0 : afterMs;
}

/** What has not begun yet by a clock that was turned back waits for nothing. */
function dueSince(beganAt: number, waitMs: number, now: number): number {
  return beganAt > now ? now : beganAt + waitMs;
}

function remind(
  { repeatMs, escalation }: Terms,
  { toldAt, alertedAt, escalatedAt }: Told,
  { now, quietUntil }: Moment,
): Telling {
  const dueAt = (at: number, waitMs: number) => Math.max(dueSince(at, waitMs, now), quietUntil ?? 0);
  const repeatsAt = repeatMs === null ? null : dueAt(alertedAt, repeatMs);
  const escalatesAt = escalation === null || escalatedAt !== null ? null : dueAt(toldAt, escalation.afterMs);
  const isDue = (at: number | null) => at !== null && at <= now;
  const isRepeated = isDue(repeatsAt);
  return {
    tell: isRepeated ? "repeated" : "changed",
    escalates: isDue(escalatesAt),
    lookAgainAt: earliest(
      isRepeated && repeatMs !== null ? now + repeatMs : repeatsAt,
      isDue(escalatesAt) ? null : escalatesAt,
    ),
  };
}

function firstReminder({ repeatMs, escalation }: Terms, now: number): number | null {
  return earliest(repeatMs && now + repeatMs, escalation && now + escalation.afterMs);
}

function earliest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
