import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { PosServer } from "../pos-client/client.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** A POS server as the client calls it, and whether it is parked. */
export interface PosServerToCall {
  posServer: PosServer;
  isParked: boolean;
}

/**
 * Reads a POS server from the registry, its token opened.
 * @throws when it is not there, or its token was sealed with the key of another data folder.
 */
export async function readPosServerToCall(
  db: Kysely<Database>,
  secretBox: SecretBox,
  posServerId: number,
): Promise<PosServerToCall> {
  const { sealed_token, parked, identity, ...registered } = await db
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "address", "sealed_token", "fingerprint", "identity", "parked"])
    .select("organization.crm_id as crmId")
    .where("pos_server.id", "=", posServerId)
    .executeTakeFirstOrThrow();
  const token = sealed_token && secretBox.open(sealed_token);
  return { posServer: { ...registered, token, posServerId: identity }, isParked: parked === 1 };
}
