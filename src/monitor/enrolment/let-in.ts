import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { MAX_NAME_LENGTH, readName } from "../organizations/registry/names.ts";
import { listNames } from "../organizations/registry/pos-servers.ts";
import {
  addPosServer,
  type PosServerConnection,
  reconnectPosServer,
} from "../organizations/registry/registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

const WITHOUT_NAME = "POS";
/** Room for « 10000». */
const NUMBER_LENGTH = 7;

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
  const own = { identity, token, address: null, fingerprint: null };
  const connection: PosServerConnection = { connection: "dial_out", ...own };
  if (posServerId === null) {
    const posServer = { organizationId, name, pollIntervalMs: null, isParked: false, ...connection };
    return await addPosServer(trx, secretBox, posServer, now);
  }
  await reconnectPosServer(trx, secretBox, posServerId, connection);
  return posServerId;
}

/** A name for a POS server after its machine, which no other one of the organization has: `KASSA`, `KASSA 2`. */
export async function freeName(db: Db, organizationId: number, host: string): Promise<string> {
  const name = readName(host).slice(0, MAX_NAME_LENGTH - NUMBER_LENGTH) || WITHOUT_NAME;
  const taken = new Set((await listNames(db, organizationId)).map((row) => searchText(row.name)));
  let candidate = name;
  for (let number = 2; taken.has(searchText(candidate)); number += 1) candidate = `${name} ${number}`;
  return candidate;
}
