import type { Generated } from "kysely";
import type { UpdateFailureCode } from "../../agent-updates/update-failure.ts";
import type { AgentFailureCode } from "../../requests/agent-failure.ts";

/** Updates that administrators have begun; the newest counts until it is stopped. */
export interface AgentRolloutTable {
  id: Generated<number>;
  version: string;
  /** Of `agent.cjs`, hexadecimal. */
  sha256: string;
  /** The key that signs it, as `updateKeyId` of the protocol. */
  keyId: string;
  startedAt: number;
  userId: number | null;
  userName: string;
  /** When somebody last continued it in spite of failures. */
  continuedAt: number | null;
  stoppedAt: number | null;
  /** null = stopped by the program because of failures. */
  stoppedBy: string | null;
}

/** The progress of POS servers; those without a row are still to come. */
export interface AgentUpdateTable {
  rolloutId: number;
  posServerId: number;
  /** `sent`: the agent has taken it, but has not come back with the new version yet. */
  state: "waiting" | "sent" | "done" | "failed";
  stateSince: number;
  /** When a waiting one is tried again; null = at once. */
  againAt: number | null;
  failureCode: UpdateFailureCode | null;
  failureDetail: string | null;
}

export interface EnrolmentCodeTable {
  id: Generated<number>;
  secretHash: Uint8Array;
  /** null = each agent reports its CrmId. */
  organizationId: number | null;
  /** Whose agent it is for; null = each agent is a new POS server. */
  posServerId: number | null;
  maxUses: number;
  uses: Generated<number>;
  createdAt: number;
  endsAt: number;
  takenBackAt: number | null;
  /** null = that user is gone. */
  userId: number | null;
  userName: string;
}

/** Agents that used a code, or dialled in although their POS server is called by its address; one row for each identity. */
export interface EnrolmentTable {
  id: Generated<number>;
  /** null = it came without a code. */
  enrolmentCodeId: number | null;
  /** `posServerId` of the protocol. */
  identity: string;
  sealedToken: Uint8Array;
  fingerprint: string | null;
  /** The name of its machine or, without a code, of its POS server. */
  host: string;
  address: string;
  crmId: string | null;
  version: string | null;
  /** `awaited`: an administrator has to confirm it. */
  state: "awaited" | "enrolled" | "refused";
  askedAt: number;
  decidedAt: number | null;
  /** null = no decision was needed. */
  decidedBy: string | null;
  /** null = not in the registry, or no longer. */
  posServerId: number | null;
}

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
