import type { Kysely } from "kysely";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { findActiveOrganization } from "../organizations/registry/active-organizations.ts";
import { hashSecretToken, makeSecretToken } from "../people/registry/secret-token.ts";

/** A code that is to be made. */
export interface NewEnrolmentCode {
  /** null = each agent says its CrmId. */
  organizationId: number | null;
  maxUses: number;
  /** ms UTC. */
  endsAt: number;
}

/** Makes a code. @returns its secret, which is known only now, or null when there is no such organization. */
export async function createEnrolmentCode(
  db: Kysely<Database>,
  actor: Actor,
  { organizationId, maxUses, endsAt }: NewEnrolmentCode,
  now: number,
): Promise<string | null> {
  return await inTransaction(db, async (trx) => {
    const organization =
      organizationId === null ? null : await findActiveOrganization(trx, { id: organizationId });
    if (organizationId !== null && !organization) return null;
    const secret = makeSecretToken();
    await trx
      .insertInto("enrolment_code")
      .values({
        secret_hash: hashSecretToken(secret),
        organization_id: organizationId,
        max_uses: maxUses,
        created_at: now,
        ends_at: endsAt,
        taken_back_at: null,
        user_id: actor.userId,
        user_name: actor.name ?? actor.login,
      })
      .execute();
    const detail = [{ key: "codeUses" as const, values: { count: maxUses } }];
    const subject = organization?.name ?? null;
    await recordEvent(trx, actor, { action: "enrolment_code_create", subject, organizationId, detail }, now);
    return secret;
  });
}

/** Takes a code back: it lets nobody in from now on. @returns false when there is none that still would. */
export async function takeBackEnrolmentCode(
  db: Kysely<Database>,
  actor: Actor,
  id: number,
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const taken = await trx
      .updateTable("enrolment_code")
      .set({ taken_back_at: now })
      .where("id", "=", id)
      .where("taken_back_at", "is", null)
      .where("ends_at", ">", now)
      .returning("organization_id as organizationId")
      .executeTakeFirst();
    if (!taken) return false;
    const { organizationId } = taken;
    await recordEvent(trx, actor, { action: "enrolment_code_take_back", organizationId }, now);
    return true;
  });
}

export type ListedEnrolmentCode = Awaited<ReturnType<typeof listEnrolmentCodes>>[number];

/** The codes, the newest first, and how often each was used. */
export async function listEnrolmentCodes(db: Kysely<Database>, limit: number) {
  return await db
    .selectFrom("enrolment_code")
    .leftJoin("organization", "organization.id", "enrolment_code.organization_id")
    .select(({ selectFrom }) => [
      "enrolment_code.id",
      "organization.name as organizationName",
      "max_uses as maxUses",
      "enrolment_code.created_at as createdAt",
      "ends_at as endsAt",
      "taken_back_at as takenBackAt",
      "user_name as madeBy",
      selectFrom("enrolment")
        .select(({ fn }) => fn.countAll<number>().as("uses"))
        .whereRef("enrolment_code_id", "=", "enrolment_code.id")
        .as("uses"),
    ])
    .orderBy("enrolment_code.id", "desc")
    .limit(limit)
    .execute();
}

/** @returns when a code that still lets agents in was made, or null when there is no such code. */
export async function findUsableCode(db: Kysely<Database>, id: number, now: number) {
  const row = await db
    .selectFrom("enrolment_code")
    .select(["id", "created_at as createdAt"])
    .where("id", "=", id)
    .where("taken_back_at", "is", null)
    .where("ends_at", ">", now)
    .executeTakeFirst();
  return row ?? null;
}

/** The newest code that still lets an agent in, which may be some other administrator's; null = there is none. */
export async function findNewestOpenCode(db: Kysely<Database>, now: number) {
  const row = await db
    .selectFrom("enrolment_code")
    .select(["created_at as createdAt", "ends_at as endsAt"])
    .where("taken_back_at", "is", null)
    .where("ends_at", ">", now)
    .where(({ eb, selectFrom }) =>
      eb(
        "max_uses",
        ">",
        selectFrom("enrolment")
          .select(({ fn }) => fn.countAll<number>().as("uses"))
          .whereRef("enrolment_code_id", "=", "enrolment_code.id"),
      ),
    )
    .orderBy("enrolment_code.id", "desc")
    .executeTakeFirst();
  return row ?? null;
}
