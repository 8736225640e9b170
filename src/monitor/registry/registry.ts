import type { AuditDetail } from "../audit-log/detail.ts";
import type { NewAuditEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { searchText, sortText } from "../database/text.ts";
import { inTransaction } from "../database/transaction.ts";
import { forgetPosChecks } from "../fleet/pos-checks.ts";
import type { Connection } from "../pos-client/calls/pos-server.ts";
import { copyRegistry } from "../restaurants/copy-registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

export interface NewOrganization {
  name: string;
  /** Digits; unique. */
  crmId: string;
}

/** How a POS server is reached: as its pairing string says, or over the connection of its agent. */
export interface PosServerConnection {
  connection: Connection;
  /** Base URL without a trailing slash; null = not known yet, or its agent dials in. */
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

export async function addOrganization(db: Db, organization: NewOrganization, now: number): Promise<number> {
  const { id } = await db
    .insertInto("organization")
    .values({
      name: organization.name,
      nameSort: sortText(organization.name),
      crmId: organization.crmId,
      createdAt: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export async function findOrganizationId(db: Db, crmId: string): Promise<number | null> {
  const row = await db.selectFrom("organization").select("id").where("crmId", "=", crmId).executeTakeFirst();
  return row?.id ?? null;
}

/**
 * It waits for its first poll; its token is stored encrypted.
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
    const { crmId } = await trx
      .selectFrom("organization")
      .select("crmId")
      .where("id", "=", posServer.organizationId)
      .executeTakeFirstOrThrow();
    const { id } = await trx
      .insertInto("posServer")
      .values({
        organizationId: posServer.organizationId,
        name: posServer.name,
        nameSort: sortText(posServer.name),
        searchText: searchText(posServer.name, posServer.address, crmId),
        ...connectionColumns(posServer, secretBox),
        pollIntervalMs: posServer.pollIntervalMs,
        parked: posServer.isParked ? 1 : 0,
        createdAt: now,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await trx
      .insertInto("posStatus")
      .values({ posServerId: id, state: "pending", stateSince: now, failedPolls: 0 })
      .execute();
    await copyRegistry(trx, [id]);
    await trx
      .insertInto("stateChange")
      .values({ posServerId: id, at: now, state: posServer.isParked ? "parked" : "pending" })
      .execute();
    return id;
  });
}

/** The history stays; the checks and the name of the machine before are forgotten. */
export async function reconnectPosServer(
  db: Db,
  secretBox: SecretBox,
  id: number,
  connection: PosServerConnection,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { name, crmId, ...before } = await trx
      .selectFrom("posServer")
      .innerJoin("organization", "organization.id", "posServer.organizationId")
      .select(["posServer.name", "organization.crmId", "connection", "address", "identity"])
      .where("posServer.id", "=", id)
      .executeTakeFirstOrThrow();
    await trx
      .updateTable("posServer")
      .set({
        ...connectionColumns(connection, secretBox),
        searchText: searchText(name, connection.address, crmId),
      })
      .where("id", "=", id)
      .execute();
    await copyRegistry(trx, [id]);
    if (isSameMachine(before, connection)) return;
    await forgetPosChecks(trx, id);
    await trx.updateTable("posStatus").set({ agentMachine: null }).where("posServerId", "=", id).execute();
  });
}

type Machine = Pick<PosServerConnection, "connection" | "address" | "identity">;

function isSameMachine(one: Machine, other: Machine): boolean {
  if (one.connection !== other.connection || one.identity !== other.identity) return false;
  return one.identity !== null || one.address === other.address;
}

function connectionColumns(
  { connection, address, token, fingerprint, identity }: PosServerConnection,
  secretBox: SecretBox,
) {
  const sealedToken = token === null ? null : secretBox.seal(token);
  return { connection, address, sealedToken, fingerprint, identity };
}

export function organizationCreated(
  { name, crmId }: { name: string; crmId: string },
  organizationId: number,
): NewAuditEvent {
  const detail: AuditDetail = [{ key: "crmId", values: { crmId } }];
  return { action: "organization_create", subject: name, organizationId, detail };
}

/** For the audit log, with its address. */
export function posServerEvent(
  action: "pos_server_create" | "pos_server_delete",
  { name, organizationId, address }: { name: string; organizationId: number; address: string | null },
  posServerId: number,
): NewAuditEvent {
  const detail: AuditDetail = address === null ? [] : [{ key: "address", values: { address } }];
  return { action, subject: name, organizationId, posServerId, detail };
}
