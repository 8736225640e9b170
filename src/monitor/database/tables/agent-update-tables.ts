import type { Generated } from "kysely";
import type { UpdateFailureCode } from "../../agent-updates/rollouts/update-failure.ts";

/** Updates that administrators have begun; the newest counts until it is stopped. */
export interface AgentRolloutTable {
  id: Generated<number>;
  version: string;
  /** Of `agent.cjs`, hexadecimal. */
  sha256: string;
  /** The key that signs it, as `updateKeyId` of the protocol. */
  keyId: string;
  /** From 1: first one POS server, then some, then all. */
  wave: number;
  /** In POS servers. */
  waveSize: number;
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
  wave: number;
  /** `sent`: the agent has taken it, but has not come back with the new version yet. */
  state: "waiting" | "sent" | "done" | "failed";
  stateSince: number;
  /** When a waiting one is tried again; null = at once. */
  againAt: number | null;
  failureCode: UpdateFailureCode | null;
  failureDetail: string | null;
}
