import type { Kysely, Transaction } from "kysely";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { readableToken } from "../fleet/open-token.ts";
import { findActiveOrganization } from "../organizations/registry/active-organizations.ts";
import { isIdentityTaken, isNameTaken } from "../organizations/registry/pos-servers.ts";
import { addPosServer, reconnectPosServer } from "../organizations/registry/registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { dialledConnection } from "./dialled-connection.ts";

/** What an administrator decides of an agent that waits. */
export interface Confirmed {
  organizationId: number;
  /** null = a new POS server, of this name. */
  posServerId: number | null;
  name: string;
}

/** Why an agent cannot be let in as wanted. */
export type ConfirmationProblem =
  | "gone"
  | "no_organization"
  | "name_taken"
  | "no_pos_server"
  | "identity_taken";

/** Lets an agent in that waits: as a new POS server, or in the place of a registered one, which keeps its history. */
export async function confirmEnrolment(
  db: Kysely<Database>,
  secretBox: SecretBox,
  actor: Actor,
  id: number,
  { organizationId, posServerId, name }: Confirmed,
  now: number,
): Promise<{ posServerId: number } | ConfirmationProblem> {
  return await inTransaction(db, async (trx) => {
    const awaited = await findAwaited(trx, id);
    if (!awaited) return "gone";
    if (!(await findActiveOrganization(trx, { id: organizationId }))) return "no_organization";
    const connection = dialledConnection(readableToken(secretBox, awaited.sealedToken), awaited.identity);
    if (await isIdentityTaken(trx, awaited.identity, posServerId)) return "identity_taken";

    let letInAs = posServerId;
    if (letInAs === null) {
      if (await isNameTaken(trx, organizationId, name, null)) return "name_taken";
      const posServer = { organizationId, name, pollIntervalMs: null, isParked: false, ...connection };
      letInAs = await addPosServer(trx, secretBox, posServer, now);
    } else {
      const isThere = await trx
        .selectFrom("pos_server")
        .select("id")
        .where("id", "=", letInAs)
        .where("organization_id", "=", organizationId)
        .executeTakeFirst();
      if (!isThere) return "no_pos_server";
      await reconnectPosServer(trx, secretBox, letInAs, connection);
    }
    await decide(trx, id, actor, { state: "enrolled", pos_server_id: letInAs }, now);
    const subject = posServerId === null ? name : awaited.host;
    const event = { action: "enrolment_confirm", subject, organizationId, posServerId: letInAs } as const;
    await recordEvent(trx, actor, event, now);
    return { posServerId: letInAs };
  });
}

/** Sends an agent away that waits: it asks no more with this code. @returns false when it does not wait any more. */
export async function refuseEnrolment(
  db: Kysely<Database>,
  actor: Actor,
  id: number,
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const awaited = await findAwaited(trx, id);
    if (!awaited) return false;
    await decide(trx, id, actor, { state: "refused", pos_server_id: null }, now);
    await recordEvent(trx, actor, { action: "enrolment_refuse", subject: awaited.host }, now);
    return true;
  });
}

export type AwaitedEnrolment = NonNullable<Awaited<ReturnType<typeof findAwaited>>>;

/** Finds an agent that waits for an administrator, with what it has said of itself. */
export async function findAwaited(db: Kysely<Database>, id: number) {
  const row = await awaitedEnrolments(db).where("enrolment.id", "=", id).executeTakeFirst();
  return row ?? null;
}

/** The agents that wait, the longest first. */
export async function listAwaited(db: Kysely<Database>, limit: number) {
  return await awaitedEnrolments(db).orderBy("asked_at").orderBy("enrolment.id").limit(limit).execute();
}

function awaitedEnrolments(db: Kysely<Database>) {
  return db
    .selectFrom("enrolment")
    .innerJoin("enrolment_code", "enrolment_code.id", "enrolment_code_id")
    .select([
      "enrolment.id",
      "identity",
      "host",
      "address",
      "crm_id as crmId",
      "version",
      "sealed_token as sealedToken",
      "asked_at as askedAt",
      "organization_id as organizationId",
      "user_name as codeMadeBy",
    ])
    .where("state", "=", "awaited");
}

async function decide(
  trx: Transaction<Database>,
  id: number,
  actor: Actor,
  decided: { state: "enrolled" | "refused"; pos_server_id: number | null },
  now: number,
): Promise<void> {
  const decided_by = actor.name ?? actor.login;
  await trx
    .updateTable("enrolment")
    .set({ ...decided, decided_at: now, decided_by })
    .where("id", "=", id)
    .execute();
}
