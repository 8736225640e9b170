import type { Generated } from "kysely";

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
