import type { Generated } from "kysely";
import type { AgentFailureCode } from "../../requests/agent-failure.ts";

/** Log patterns that administrators taught. The newest one that was not taken back is in force. */
export interface LogPatternSetTable {
  id: Generated<number>;
  /** null = for all POS servers. */
  posServerId: number | null;
  /** JSON of `TaughtPatterns`. */
  patterns: string;
  /** The POS server whose log was used; null = it is gone. */
  sourcePosServerId: number | null;
  sourceName: string;
  userId: number | null;
  userName: string;
  taughtAt: number;
  takenBackAt: number | null;
  takenBackBy: string | null;
}

/** The last attempt to teach an agent. */
export interface LogPatternDeliveryTable {
  posServerId: number;
  /** What was sent; empty = nothing. */
  configurationId: string;
  /** Why the agent did not take it; null = it did. */
  failureCode: AgentFailureCode | null;
  failureDetail: string | null;
  /** The last `configurationId` whose refusal is in the audit log; null = none since the agent took one. */
  recordedRefusalId: string | null;
}
