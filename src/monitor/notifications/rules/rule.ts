import { type PosServerState, PROBLEM_STATES } from "../../fleet/state.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";

const MINUTE_MS = 60_000;

/** Of what a channel is told, and when. Durations in ms; null = never. */
export interface Rule {
  id: number;
  channelId: number;
  /** Of those that its owner may see. */
  organizations: OrganizationAccess;
  /** POS servers with any of these tags; empty = all. */
  tags: readonly string[];
  states: readonly PosServerState[];
  afterMs: number;
  isCommonAtOnce: boolean;
  quietHours: QuietHours | null;
  repeatMs: number | null;
  escalation: Escalation | null;
}

/** Minutes of the day; what ends before it begins goes on after midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

/** After how long without anybody who takes care of it another channel is told too. */
export interface Escalation {
  afterMs: number;
  channelId: number;
}

/** A rule that is not saved yet. */
export type RuleTerms = Omit<Rule, "id" | "channelId">;

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
