import type { Db } from "../database/schema.ts";
import { firstFree } from "../database/text.ts";
import { MAX_NAME_LENGTH, readName } from "../registry/names.ts";
import { listNames } from "../registry/pos-servers.ts";
import { addPosServer, type PosServerConnection, reconnectPosServer } from "../registry/registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

const WITHOUT_NAME = "POS";
/** Room for « 10000». */
const NUMBER_LENGTH = 7;

export interface PlaceInRegistry {
  organizationId: number;
  /** It keeps its history; null = a new one with this name. */
  posServerId: number | null;
  name: string;
}

/**
 * Puts an agent into the registry, so that it may connect.
 * @param token null = it can no longer be read.
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
    identity,
    token,
    address: null,
    fingerprint: null,
  };
  if (posServerId === null) {
    const posServer = { organizationId, name, pollIntervalMs: null, isParked: false, ...connection };
    return await addPosServer(trx, secretBox, posServer, now);
  }
  await reconnectPosServer(trx, secretBox, posServerId, connection);
  return posServerId;
}

/** Unique in its organization: `KASSA`, `KASSA 2`. */
export async function freeName(db: Db, organizationId: number, host: string): Promise<string> {
  const name = readName(host).slice(0, MAX_NAME_LENGTH - NUMBER_LENGTH) || WITHOUT_NAME;
  return firstFree(name, await listNames(db, organizationId));
}
