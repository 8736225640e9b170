import type { Db } from "../database/schema.ts";
import { firstFree, searchText } from "../database/text.ts";
import { MAX_NAME_LENGTH, readName } from "../registry/names.ts";
import type { ActiveOrganization } from "../registry/organizations.ts";
import { listNames } from "../registry/pos-servers.ts";
import { addPosServer, type PosServerConnection, reconnectPosServer } from "../registry/registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

interface AwaitingRow {
  id: number;
  name: string;
}

/** Where an agent belongs: a POS server that waits for it, or a new one (`row` is null) of the organization. */
export interface FoundPlace {
  organization: ActiveOrganization;
  row: AwaitingRow | null;
}

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

/**
 * Finds the POS server without an address that waits for an agent of this computer: one that names the computer, or else the
 * only one that names none. @param organization null = the agent does not say; then only its computer counts.
 * @returns null where an administrator has to choose.
 */
export async function findAwaitingRow(
  trx: Db,
  organization: ActiveOrganization | null,
  host: string,
): Promise<FoundPlace | null> {
  const waiting = await trx
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "computer"])
    .select(["organization.id as organizationId", "organization.name as organizationName", "crmId"])
    .where("posServer.connection", "=", "direct")
    .where("posServer.address", "is", null)
    .where("posServer.identity", "is", null)
    .where("archivedAt", "is", null)
    .$if(organization !== null, (query) => query.where("organization.id", "=", organization?.id ?? 0))
    .execute();
  if (waiting.length === 0) return organization && { organization, row: null };
  const named = waiting.filter(
    ({ computer }) => computer !== null && searchText(computer) === searchText(host),
  );
  const unnamed = organization === null ? [] : waiting.filter(({ computer }) => computer === null);
  const [row, another] = named.length > 0 ? named : unnamed;
  if (!row || another) return null;
  const { id, name, organizationId, organizationName, crmId } = row;
  return { organization: { id: organizationId, name: organizationName, crmId }, row: { id, name } };
}
