import type { Db } from "../database/schema.ts";
import {
  addPosServer,
  type PosServerConnection,
  reconnectPosServer,
} from "../organizations/registry/registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** Who an agent is to be. */
export interface PlaceInRegistry {
  organizationId: number;
  /** In the place of this one, which keeps its history; null = a new POS server, of this name. */
  posServerId: number | null;
  name: string;
}

/**
 * Puts an agent into the registry, where its connections are awaited from now on.
 * @param token null = it cannot be read any more.
 * @returns the id of its POS server.
 */
export async function letIn(
  trx: Db,
  secretBox: SecretBox,
  { identity, token }: { identity: string; token: string | null },
  { organizationId, posServerId, name }: PlaceInRegistry,
  now: number,
): Promise<number> {
  const connection: PosServerConnection = {
    connection: "dial_out",
    address: null,
    token,
    fingerprint: null,
    identity,
  };
  if (posServerId === null) {
    const posServer = { organizationId, name, pollIntervalMs: null, isParked: false, ...connection };
    return await addPosServer(trx, secretBox, posServer, now);
  }
  await reconnectPosServer(trx, secretBox, posServerId, connection);
  return posServerId;
}
