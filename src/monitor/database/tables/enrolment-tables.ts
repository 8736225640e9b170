import type { Generated } from "kysely";

/** By which agents are let in. */
export interface EnrolmentCodeTable {
  id: Generated<number>;
  secretHash: Uint8Array;
  /** null = each agent says its CrmId. */
  organizationId: number | null;
  /** Whose agent takes its place; null = each agent is a new POS server. */
  posServerId: number | null;
  maxUses: number;
  /** By how many agents it was used, those that are gone too. */
  uses: Generated<number>;
  createdAt: number;
  endsAt: number;
  takenBackAt: number | null;
  /** null = that user is gone. */
  userId: number | null;
  userName: string;
}

/** An agent that has used a code, or dialled in while its POS server is called by its address: one row for each identity. */
export interface EnrolmentTable {
  id: Generated<number>;
  /** null = it came without one. */
  enrolmentCodeId: number | null;
  /** `posServerId` of the protocol. */
  identity: string;
  sealedToken: Uint8Array;
  fingerprint: string | null;
  /** What its machine is called, or without a code its POS server; and from where it asked. */
  host: string;
  address: string;
  crmId: string | null;
  version: string | null;
  /** Awaited = an administrator has to confirm it. */
  state: "awaited" | "enrolled" | "refused";
  askedAt: number;
  decidedAt: number | null;
  /** null = nobody had to. */
  decidedBy: string | null;
  /** null = it is not in the registry, or no longer. */
  posServerId: number | null;
}
