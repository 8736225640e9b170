import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { findActiveOrganization } from "../registry/organizations.ts";
import { isIdentityTaken, isNameTaken, listNames } from "../registry/pos-servers.ts";
import { awaitedEnrolments } from "../restaurants/awaited-enrolments.ts";
import { readableToken } from "../restaurants/pos-server-to-call.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { letIn, type PlaceInRegistry } from "./let-in.ts";

export type ConfirmationProblem =
  | "gone"
  | "no_organization"
  | "other_crm_id"
  | "name_taken"
  | "no_pos_server"
  | "identity_taken";

/** Lets in a waiting agent: as a new POS server, or in the place of a registered one, which keeps its history. */
export async function confirmEnrolment(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  id: number,
  place: PlaceInRegistry,
  now: number,
): Promise<{ posServerId: number } | ConfirmationProblem> {
  return await inTransaction(db, async (trx) => {
    const awaited = await findAwaited(trx, id);
    if (!awaited) return "gone";
    const { organizationId, posServerId, name } = place;
    const organization = await findActiveOrganization(trx, { id: organizationId });
    if (!organization) return "no_organization";
    if (isBoundElsewhere(awaited, organization)) return "other_crm_id";
    if (await isIdentityTaken(trx, awaited.identity, posServerId)) return "identity_taken";
    const names = await listNames(trx, organizationId);
    const taken = names.find((row) => row.id === posServerId);
    if (posServerId !== null && !taken) return "no_pos_server";
    if (!taken && (await isNameTaken(trx, organizationId, name, null))) return "name_taken";

    const agent = { identity: awaited.identity, token: readableToken(secretBox, awaited.sealedToken) };
    const letInAs = await letIn(trx, secretBox, agent, place, now);
    await decide(trx, id, actor, { state: "enrolled", posServerId: letInAs }, now);
    const subject = taken?.name ?? name;
    const action = awaited.calledAt === null ? "enrolment_confirm" : "pos_server_dial_out";
    await recordEvent(trx, actor, { action, subject, organizationId, posServerId: letInAs }, now);
    return { posServerId: letInAs };
  });
}

/** Whether its CrmId is another organization's, so that logs and resets would be refused. */
export function isBoundElsewhere({ crmId }: AwaitedEnrolment, organization: { crmId: string }): boolean {
  return crmId !== null && crmId !== organization.crmId;
}

/** It stops asking. @returns false when it no longer waits. */
export async function refuseEnrolment(db: Db, actor: Actor, id: number, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const awaited = await findAwaited(trx, id);
    if (!awaited) return false;
    await decide(trx, id, actor, { state: "refused", posServerId: null }, now);
    const { host: subject, organizationId } = awaited;
    await recordEvent(trx, actor, { action: "enrolment_refuse", subject, organizationId }, now);
    return true;
  });
}

export type AwaitedEnrolment = NonNullable<Awaited<ReturnType<typeof findAwaited>>>;

export async function findAwaited(db: Db, id: number) {
  const row = await awaitedAgents(db).where("enrolment.id", "=", id).executeTakeFirst();
  return row ?? null;
}

/** Longest waiting first. */
export async function listAwaited(db: Db, limit: number) {
  return await awaitedAgents(db).orderBy("askedAt").orderBy("enrolment.id").limit(limit).execute();
}

function awaitedAgents(db: Db) {
  return awaitedEnrolments(db)
    .leftJoin("enrolmentCode", "enrolmentCode.id", "enrolmentCodeId")
    .select(["enrolment.id", "enrolment.identity", "host", "enrolment.address", "version"])
    .select(["askedAt", "posServer.address as calledAt"])
    .select(["enrolmentCode.organizationId", "enrolmentCode.id as codeId"])
    .select(["enrolmentCode.createdAt as codeMadeAt", "userName as codeMadeBy"])
    .select(({ fn }) => [
      // After another pairing, the registry has a newer token.
      fn.coalesce("posServer.sealedToken", "enrolment.sealedToken").as("sealedToken"),
      fn.coalesce("organization.crmId", "enrolment.crmId").as("crmId"),
      fn.coalesce("posServer.id", "enrolmentCode.posServerId").as("likelyPosServerId"),
    ]);
}

async function decide(
  trx: Db,
  id: number,
  actor: Actor,
  decided: { state: "enrolled" | "refused"; posServerId: number | null },
  now: number,
): Promise<void> {
  const decidedBy = actor.name ?? actor.login;
  await trx
    .updateTable("enrolment")
    .set({ ...decided, decidedAt: now, decidedBy })
    .where("id", "=", id)
    .execute();
}

export type EnrolledAgent = Awaited<ReturnType<typeof listEnrolled>>[number];

/** Let in or refused, newest first. */
export async function listEnrolled(db: Db, limit: number) {
  return await enrolled(db).orderBy("enrolment.id", "desc").limit(limit).execute();
}

export async function findEnrolled(db: Db, id: number): Promise<EnrolledAgent | null> {
  return (await enrolled(db).where("enrolment.id", "=", id).executeTakeFirst()) ?? null;
}

function enrolled(db: Db) {
  return db
    .selectFrom("enrolment")
    .leftJoin("posServer", "posServer.id", "posServerId")
    .leftJoin("organization", "organization.id", "posServer.organizationId")
    .select(["enrolment.id", "host", "state", "posServerId", "posServer.name"])
    .select(["organization.id as organizationId", "organization.name as organizationName"])
    .select(["organization.archivedAt", "decidedBy", "decidedAt"])
    .where("state", "!=", "awaited");
}
