import type { IncidentKind } from "../../fleet/incidents/incident.ts";
import type { PosServerState } from "../../fleet/state.ts";
import type { NotificationKind } from "../channels/message.ts";
import type { RuleTerms } from "./rule.ts";

export type IncidentStatus = "failing" | "paused" | "quiet" | "over";

export type Said = "failing" | "over";

/** An incident within the scope of a rule; times in ms UTC; `failingSince`: without a break. */
export interface SeenIncident {
  kind: IncidentKind;
  state: PosServerState;
  status: IncidentStatus;
  openedAt: number;
  failingSince: number;
  isFlapping: boolean;
  isAcknowledged: boolean;
}

/** The last notification of an incident, sent or waiting; times in ms UTC; `alertedAt`: of the last alert or reminder. */
export interface Notified {
  says: Said;
  notifiedAt: number;
  alertedAt: number;
  escalatedAt: number | null;
}

/** What is due now, and when to decide again (ms UTC); null = not before the incident changes. */
export interface NextNotification {
  notify: Exclude<
    NotificationKind,
    "escalated" | "summary" | "channel" | "channel_works" | "report" | "test"
  > | null;
  escalates: boolean;
  lookAgainAt: number | null;
}

/** `quietUntil`: the end of the present quiet hours; null = there are none now. Both ms UTC. */
export interface Moment {
  now: number;
  quietUntil: number | null;
}

/** All but an incident's begin, return, end and reminders only edits the last message. */
export function nextNotification(
  terms: RuleTerms,
  incident: SeenIncident,
  notified: Notified | null,
  moment: Moment,
): NextNotification {
  const { status, isAcknowledged } = incident;
  const changed: NextNotification = { notify: notified && "changed", escalates: false, lookAgainAt: null };
  if (notified === null || notified.says === "over") {
    if (status !== "failing") return changed;
    return waitToNotify(terms, incident, notified === null ? "opened" : "reopened", moment);
  }
  if (status === "over") return { ...changed, notify: "closed" };
  return status === "failing" && !isAcknowledged ? remind(terms, notified, moment) : changed;
}

function waitToNotify(
  { states, afterMs, isCommonAtOnce, repeatMs, escalation }: RuleTerms,
  { kind, state, isFlapping, openedAt, failingSince }: SeenIncident,
  notify: "opened" | "reopened",
  { now, quietUntil }: Moment,
): NextNotification {
  const waiting = { notify: null, escalates: false };
  if (!states.includes(state)) return { ...waiting, lookAgainAt: null };
  // A flapping incident counts from its beginning.
  const beganAt = isFlapping ? openedAt : failingSince;
  const waitMs = kind === "common" && isCommonAtOnce ? 0 : afterMs;
  const notifiedAt = Math.max(dueSince(beganAt, waitMs, now), quietUntil ?? 0);
  if (notifiedAt > now) return { ...waiting, lookAgainAt: notifiedAt };
  const remindedAt = earliest(repeatMs && now + repeatMs, escalation && now + escalation.afterMs);
  return { notify, escalates: false, lookAgainAt: remindedAt };
}

function remind(
  { repeatMs, escalation }: RuleTerms,
  { notifiedAt, alertedAt, escalatedAt }: Notified,
  { now, quietUntil }: Moment,
): NextNotification {
  const dueAt = (at: number, waitMs: number) => Math.max(dueSince(at, waitMs, now), quietUntil ?? 0);
  const repeatsAt = repeatMs && dueAt(alertedAt, repeatMs);
  const escalatesAt = escalation && escalatedAt === null ? dueAt(notifiedAt, escalation.afterMs) : null;
  const isRepeated = repeatsAt !== null && repeatsAt <= now;
  const escalates = escalatesAt !== null && escalatesAt <= now;
  const nextRepeatAt = isRepeated ? repeatMs && now + repeatMs : repeatsAt;
  const lookAgainAt = earliest(nextRepeatAt, escalates ? null : escalatesAt);
  return { notify: isRepeated ? "repeated" : "changed", escalates, lookAgainAt };
}

/** A beginning in the future means that the clock was turned back: nothing waits then. */
function dueSince(beganAt: number, waitMs: number, now: number): number {
  return beganAt > now ? now : beganAt + waitMs;
}

function earliest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
