import type { Generated } from "kysely";
import type { TeachingFailureCode } from "../../log-patterns/sending/teaching-failure.ts";

/** What administrators taught about the lines of logs. Of those that were not taken back the newest is in force. */
export interface LogPatternSetTable {
  id: Generated<number>;
  /** null = for all POS servers. */
  posServerId: number | null;
  /** JSON of `TaughtPatterns`. */
  patterns: string;
  /** From whose log; null = it is gone. The name is copied. */
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
  /** What it was to be taught; empty = nothing. */
  configurationId: string;
  /** Why it did not take that; null = it did. */
  failureCode: TeachingFailureCode | null;
  failureDetail: string | null;
  /** The last `configurationId` of which the audit log says that the agent refuses it; null = none since it took one. */
  recordedRefusalId: string | null;
}
