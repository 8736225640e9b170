import type { Db } from "../monitor/database/schema.ts";
import { changeParking } from "../monitor/fleet/park-pos-server.ts";
import {
  addOrganization,
  addPosServer,
  findOrganizationId,
  findPosServerId,
  type PosServerConnection,
  reconnectPosServer,
} from "../monitor/organizations/registry/registry.ts";
import type { SecretBox } from "../monitor/secrets/secret-box.ts";
import { parsePairingString } from "../protocol/pairing-string.ts";
import type { DemoEntry } from "./demo-entries.ts";
import { writeRunHistory, writeStateHistory } from "./state-history.ts";

const PARKED_FOR_MS = 150 * 86_400_000;
const PARKING = { userId: null, userName: "Анна Иванова", reason: "летняя веранда" };

/**
 * Enters the demo's organizations and POS servers, with a past of 30 days, into the registry; those that an earlier start of the demo left
 * there (found by CrmId and name) get their new addresses.
 */
export async function registerChain(db: Db, secretBox: SecretBox, entries: DemoEntry[]): Promise<void> {
  const now = Date.now();
  if (entries.length > 0 && (await hasNeverRun(db))) await writeRunHistory(db, now);
  for (const entry of entries) {
    const organizationId =
      (await findOrganizationId(db, entry.crmId)) ??
      (await addOrganization(db, { name: entry.organizationName, crmId: entry.crmId }, now));
    const id = await findPosServerId(db, organizationId, entry.posServerName);
    const connection = connectionOf(entry);
    if (id !== null) await reconnectPosServer(db, secretBox, id, connection);
    else {
      const { posServerName: name, pollIntervalMs, isParked } = entry;
      const newPosServer = { organizationId, name, pollIntervalMs, isParked, ...connection };
      const newId = await addPosServer(db, secretBox, newPosServer, now);
      await writeStateHistory(db, newId, entry, now);
      if (isParked) await changeParking(db, newId, { ...PARKING, endsAt: now + PARKED_FOR_MS }, now);
    }
  }
}

async function hasNeverRun(db: Db): Promise<boolean> {
  return (await db.selectFrom("monitor_run").select("id").executeTakeFirst()) === undefined;
}

function connectionOf({ pairingString, address }: DemoEntry): PosServerConnection {
  if (pairingString === null)
    return { connection: "direct", address, token: null, fingerprint: null, identity: null };
  const pairing = parsePairingString(pairingString);
  if (!pairing) throw new Error("An agent of the demo gave no pairing string");
  const { posServerId: identity, ...called } = pairing;
  return { connection: "direct", ...called, identity };
}
