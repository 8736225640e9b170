import type { Db } from "../../database/schema.ts";
import { searchText, sortText } from "../../database/text.ts";
import { inTransaction } from "../../database/transaction.ts";
import { forgetPosChecks } from "../../fleet/pos-checks.ts";
import type { Connection } from "../../pos-client/calls/pos-server.ts";
import { copyRegistry } from "../../restaurants/copy-registry.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";

export interface NewOrganization {
  name: string;
  /** Digits; unique. */
  crmId: string;
}

/** How a POS server is called: what its pairing string says, or that its agent dials in. */
export interface PosServerConnection {
  connection: Connection;
  /** Base URL without a trailing slash; null = it cannot be called yet, or only over the connection of its agent. */
  address: string | null;
  token: string | null;
  fingerprint: string | null;
  /** `posServerId` of the protocol; unique. */
  identity: string | null;
}

export interface NewPosServer extends PosServerConnection {
  organizationId: number;
  name: string;
  /** null = the interval of the settings. */
  pollIntervalMs: number | null;
  isParked: boolean;
}

/** Adds an organization. @returns its id. */
export async function addOrganization(db: Db, organization: NewOrganization, now: number): Promise<number> {
  const { id } = await db
    .insertInto("organization")
    .values({
      name: organization.name,
      name_sort: sortText(organization.name),
      crm_id: organization.crmId,
      archived_at: null,
      created_at: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Finds the organization with this CrmId. @returns its id, or null. */
export async function findOrganizationId(db: Db, crmId: string): Promise<number | null> {
  const row = await db.selectFrom("organization").select("id").where("crm_id", "=", crmId).executeTakeFirst();
  return row?.id ?? null;
}

/**
 * Adds a POS server, waiting for its first poll; its token is stored encrypted.
 * @returns its id.
 * @throws SqliteError SQLITE_CONSTRAINT_UNIQUE when the organization has the name or another one the identity.
 */
export async function addPosServer(
  db: Db,
  secretBox: SecretBox,
  posServer: NewPosServer,
  now: number,
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    const { crm_id } = await trx
      .selectFrom("organization")
      .select("crm_id")
      .where("id", "=", posServer.organizationId)
      .executeTakeFirstOrThrow();
    const { id } = await trx
      .insertInto("pos_server")
      .values({
        organization_id: posServer.organizationId,
        name: posServer.name,
        name_sort: sortText(posServer.name),
        search_text: searchText(posServer.name, posServer.address, crm_id),
        ...connectionColumns(posServer, secretBox),
        poll_interval_ms: posServer.pollIntervalMs,
        parked: posServer.isParked ? 1 : 0,
        created_at: now,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await trx
      .insertInto("pos_status")
      .values({ pos_server_id: id, state: "pending", state_since: now, failed_polls: 0 })
      .execute();
    await copyRegistry(trx, [id]);
    await trx
      .insertInto("state_change")
      .values({ pos_server_id: id, at: now, state: posServer.isParked ? "parked" : "pending" })
      .execute();
    return id;
  });
}

/** Finds a POS server of an organization by its name. @returns its id, or null. */
export async function findPosServerId(db: Db, organizationId: number, name: string): Promise<number | null> {
  const row = await db
    .selectFrom("pos_server")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Replaces how a POS server is called and keeps its history; what was known of the checks is that machine's alone. */
export async function reconnectPosServer(
  db: Db,
  secretBox: SecretBox,
  id: number,
  connection: PosServerConnection,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { name, crm_id, ...before } = await trx
      .selectFrom("pos_server")
      .innerJoin("organization", "organization.id", "pos_server.organization_id")
      .select(["pos_server.name", "organization.crm_id", "address", "identity"])
      .where("pos_server.id", "=", id)
      .executeTakeFirstOrThrow();
    await trx
      .updateTable("pos_server")
      .set({
        ...connectionColumns(connection, secretBox),
        search_text: searchText(name, connection.address, crm_id),
        rival_agents: null,
        refused_agent: null,
      })
      .where("id", "=", id)
      .execute();
    await copyRegistry(trx, [id]);
    if (!isSameMachine(before, connection)) await forgetPosChecks(trx, id);
  });
}

type Whereabouts = Pick<PosServerConnection, "address" | "identity">;

function isSameMachine(one: Whereabouts, other: Whereabouts): boolean {
  return one.identity === other.identity && (one.identity !== null || one.address === other.address);
}

function connectionColumns(
  { connection, address, token, fingerprint, identity }: PosServerConnection,
  secretBox: SecretBox,
) {
  const sealed_token = token === null ? null : secretBox.seal(token);
  return { connection, address, sealed_token, fingerprint, identity };
}
