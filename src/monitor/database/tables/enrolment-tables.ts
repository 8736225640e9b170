import type { Generated } from "kysely";

/** By which agents are let in. */
export interface EnrolmentCodeTable {
  id: Generated<number>;
  secret_hash: Uint8Array;
  /** null = each agent says its CrmId. */
  organization_id: number | null;
  /** Whose agent takes its place; null = each agent is a new POS server. */
  pos_server_id: number | null;
  max_uses: number;
  /** By how many agents it was used, those that are gone too. */
  uses: Generated<number>;
  created_at: number;
  ends_at: number;
  taken_back_at: number | null;
  /** null = that user is gone. */
  user_id: number | null;
  user_name: string;
}

/** An agent that has used a code, or dialled in while its POS server is called by its address: one row for each identity. */
export interface EnrolmentTable {
  id: Generated<number>;
  /** null = it came without one. */
  enrolment_code_id: number | null;
  /** `posServerId` of the protocol. */
  identity: string;
  sealed_token: Uint8Array;
  fingerprint: string | null;
  /** What its machine is called, or without a code its POS server; and from where it asked. */
  host: string;
  address: string;
  crm_id: string | null;
  version: string | null;
  /** Awaited = an administrator has to confirm it. */
  state: "awaited" | "enrolled" | "refused";
  asked_at: number;
  decided_at: number | null;
  /** null = nobody had to. */
  decided_by: string | null;
  /** null = it is not in the registry, or no longer. */
  pos_server_id: number | null;
}
