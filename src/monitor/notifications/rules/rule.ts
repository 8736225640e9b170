import { type PosServerState, PROBLEM_STATES } from "../../fleet/state.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";

const MINUTE_MS = 60_000;

/** Of what a channel is told, and when, as it is stored. Durations in ms; null = never. */
export interface RuleTerms {
  /** Of those that its owner may see. */
  organizations: OrganizationAccess;
  /** POS servers with any of these tags; empty = all. */
  tags: readonly string[];
  states: readonly PosServerState[];
  /** How long something lasts before it is told. */
  afterMs: number;
  /** Whether what many have in common is told without waiting. */
  isCommonAtOnce: boolean;
  quietHours: QuietHours | null;
  /** How often it is told again while nobody takes care of it. */
  repeatMs: number | null;
  escalation: Escalation | null;
}

/** A rule of a channel. */
export interface Rule extends RuleTerms {
  id: number;
  channelId: number;
}

/** Minutes of the day in the zone of the channel; what ends before it begins goes on after midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

/** After how long without anybody who takes care of it another channel is told too. */
export interface Escalation {
  afterMs: number;
  channelId: number;
}

/** What the first channel is told unless somebody wants it otherwise. */
export const DEFAULT_TERMS: RuleTerms = {
  organizations: "all",
  tags: [],
  states: PROBLEM_STATES,
  afterMs: 10 * MINUTE_MS,
  isCommonAtOnce: true,
  quietHours: null,
  repeatMs: null,
  escalation: null,
};
