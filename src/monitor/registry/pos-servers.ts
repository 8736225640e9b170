import type { Db } from "../database/schema.ts";
import { searchText, sortText } from "../database/text.ts";
import { readId } from "../forms/fields.ts";
import { copyRegistry } from "../restaurants/copy-registry.ts";
import { readableToken } from "../restaurants/pos-server-to-call.ts";
import { queueIncidentChanges, queueIncidentsOf } from "../restaurants/queue-changes.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** A registered POS server; its connection contains the token, and is never shown as it is. */
export type RegisteredPosServer = NonNullable<Awaited<ReturnType<typeof findRegisteredPosServer>>>;

/** By the id in an address; null also in an archived organization, where nothing can be changed. */
export async function findRegisteredPosServer(db: Db, secretBox: SecretBox, idText: string) {
  const id = readId(idText);
  if (id === null) return null;
  const row = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select([
      "posServer.id",
      "organization.id as organizationId",
      "organization.name as organizationName",
      "organization.crmId",
      "posServer.name",
      "pollIntervalMs",
      "keepsLogLines",
      "connection",
      "address",
      "sealedToken",
      "fingerprint",
      "identity",
    ])
    .where("posServer.id", "=", id)
    .where("organization.archivedAt", "is", null)
    .executeTakeFirst();
  if (!row) return null;
  const { connection, address, sealedToken, fingerprint, identity, keepsLogLines, ...posServer } = row;
  const token = readableToken(secretBox, sealedToken);
  return {
    ...posServer,
    keepsLogLines: keepsLogLines === 1,
    connection: { connection, address, token, fingerprint, identity },
  };
}

export type PosServerOfOrganization = Awaited<ReturnType<typeof listRegisteredPosServers>>[number];

/** By name, including parked ones. */
export async function listRegisteredPosServers(db: Db, organizationId: number) {
  const rows = await db
    .selectFrom("posServer")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id", "name", "connection", "address", "parked", "state"])
    .where("posServer.organizationId", "=", organizationId)
    .orderBy("posServer.nameSort")
    .orderBy("posServer.id")
    .execute();
  return rows.map(({ parked, ...posServer }) => ({ ...posServer, isParked: parked === 1 }));
}

/** In any spelling that people take for the same. */
export async function isNameTaken(
  db: Db,
  organizationId: number,
  name: string,
  exceptId: number | null,
): Promise<boolean> {
  const rows = await listNames(db, organizationId);
  const wanted = searchText(name);
  return rows.some((row) => row.id !== exceptId && searchText(row.name) === wanted);
}

export async function listNames(db: Db, organizationId: number) {
  return await db
    .selectFrom("posServer")
    .select(["id", "name"])
    .where("organizationId", "=", organizationId)
    .execute();
}

export async function isIdentityTaken(
  db: Db,
  identity: string | null,
  exceptId: number | null,
): Promise<boolean> {
  if (identity === null) return false;
  const row = await db
    .selectFrom("posServer")
    .select("id")
    .where("identity", "=", identity)
    .executeTakeFirst();
  return row !== undefined && row.id !== exceptId;
}

export async function changePosServer(
  trx: Db,
  posServer: RegisteredPosServer,
  {
    name,
    pollIntervalMs,
    keepsLogLines,
  }: Pick<RegisteredPosServer, "name" | "pollIntervalMs" | "keepsLogLines">,
): Promise<void> {
  await trx
    .updateTable("posServer")
    .set({
      name,
      nameSort: sortText(name),
      searchText: searchText(name, posServer.connection.address, posServer.crmId),
      pollIntervalMs,
      keepsLogLines: Number(keepsLogLines),
    })
    .where("id", "=", posServer.id)
    .execute();
  if (!keepsLogLines) {
    await trx.deleteFrom("logExcerpt").where("posServerId", "=", posServer.id).execute();
    await trx.deleteFrom("logSearchItem").where("posServerId", "=", posServer.id).execute();
  }
  await copyRegistry(trx, [posServer.id]);
}

/** With its connection, status, history and enrolment codes; reports begin anew. */
export async function movePosServer(
  trx: Db,
  { id, name, connection }: RegisteredPosServer,
  organization: { id: number; crmId: string },
  now: number,
): Promise<void> {
  await trx
    .updateTable("posServer")
    .set({
      organizationId: organization.id,
      organizationSince: now,
      searchText: searchText(name, connection.address, organization.crmId),
    })
    .where("id", "=", id)
    .execute();
  await copyRegistry(trx, [id]);
  await moveInIncidents(trx, id, organization.id);
  await trx
    .updateTable("enrolmentCode")
    .set({ organizationId: organization.id })
    .where("posServerId", "=", id)
    .execute();
}

/** With its status and history; incidents keep its name, the audit log its events. */
export async function deletePosServer(
  trx: Db,
  posServer: Pick<RegisteredPosServer, "id" | "name">,
  now: number,
): Promise<void> {
  await leaveRemoved(trx, posServer, now);
  await trx.deleteFrom("posServer").where("id", "=", posServer.id).execute();
}

/** Takes a deleted POS server out of its incidents, which keep its name. Call it in the transaction that deletes it. */
async function leaveRemoved(trx: Db, { id, name }: { id: number; name: string }, now: number): Promise<void> {
  await queueIncidentsOf(trx, "posServer", [id]);
  const members = trx.updateTable("incidentMember").where("posServerId", "=", id);
  await members
    .set({ status: "left", leftBy: "removed", leftAt: now })
    .where("status", "!=", "left")
    .execute();
  await members.set({ posServerName: name }).execute();
}

/** Moves a POS server's incidents to its new organization. Call it in the transaction that moves it. */
async function moveInIncidents(trx: Db, posServerId: number, organizationId: number): Promise<void> {
  const moved = await trx
    .updateTable("incidentMember")
    .set({ organizationId })
    .where("posServerId", "=", posServerId)
    .returning("incidentId as id")
    .execute();
  const ids = moved.map(({ id }) => id);
  await queueIncidentChanges(trx, ids);
}
