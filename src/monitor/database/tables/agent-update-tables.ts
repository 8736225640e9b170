import type { Generated } from "kysely";
import type { UpdateFailureCode } from "../../agent-updates/rollouts/update-failure.ts";

/** An update that an administrator has begun; the newest one counts, until it is stopped. */
export interface AgentRolloutTable {
  id: Generated<number>;
  version: string;
  /** Of `agent.cjs`, hexadecimal. */
  sha256: string;
  /** By which it is signed, as `updateKeyId` of the protocol. */
  keyId: string;
  /** First one POS server, then some, then all: from 1. */
  wave: number;
  /** How many POS servers its wave has; the last one has all that are left. */
  waveSize: number;
  startedAt: number;
  userId: number | null;
  userName: string;
  /** When somebody last had it go on in spite of failures. */
  continuedAt: number | null;
  stoppedAt: number | null;
  /** null = the program, because of failures. */
  stoppedBy: string | null;
}

/** How far one POS server is; whoever has no row is still to come. */
export interface AgentUpdateTable {
  rolloutId: number;
  posServerId: number;
  wave: number;
  /** Waiting = the agent has not taken it yet; sent = it has, and is awaited as the new version. */
  state: "waiting" | "sent" | "done" | "failed";
  stateSince: number;
  /** A waiting one is not asked before; null = at once. */
  againAt: number | null;
  failureCode: UpdateFailureCode | null;
  failureDetail: string | null;
}
