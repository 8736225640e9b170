import { type Insertable, type SqlBool, sql } from "kysely";
import type { EnrolmentOrder } from "../../protocol/enrolment.ts";
import { visibleName, withVisibleTexts } from "../../protocol/visible-text.ts";
import type { Db } from "../database/schema.ts";
import type { EnrolmentTable } from "../database/tables/enrolment-tables.ts";
import { findActiveOrganization } from "../organizations/registry/active-organizations.ts";
import { hashSecretToken } from "../secrets/secret-token.ts";

/** What an agent says of itself, with nothing in it that cannot be seen. */
export function factsOf({ host, crmId, version, fingerprint }: EnrolmentOrder, address: string) {
  return withVisibleTexts({
    host: visibleName(host),
    address,
    crmId: crmId?.trim() || null,
    version: version ?? null,
    fingerprint,
  });
}

export type AskedCode = NonNullable<Awaited<ReturnType<typeof findCode>>>;

/** Finds the code with this secret, whether or not it still lets anybody in. */
export async function findCode(trx: Db, secret: string) {
  return await trx
    .selectFrom("enrolmentCode")
    .leftJoin("posServer", "posServer.id", "enrolmentCode.posServerId")
    .leftJoin("user", "user.id", "enrolmentCode.userId")
    .select([
      "enrolmentCode.id",
      "enrolmentCode.organizationId",
      "enrolmentCode.posServerId",
      "posServer.name as posServerName",
      "maxUses",
      "uses",
      "endsAt",
      "takenBackAt",
      // Of somebody at the command line, or of who still is an administrator.
      sql<SqlBool>`user.id is null or (user.is_administrator and not user.is_blocked)`.as("isTrusted"),
    ])
    .where("secretHash", "=", hashSecretToken(secret))
    .executeTakeFirst();
}

/** Finds what became of this identity when it asked before. */
export async function findKnown(trx: Db, identity: string) {
  return await trx
    .selectFrom("enrolment")
    .select(["id", "enrolmentCodeId as codeId", "sealedToken", "state"])
    .where("identity", "=", identity)
    .executeTakeFirst();
}

/** Finds the POS server that has this identity. */
export async function findRegistered(trx: Db, identity: string) {
  return await trx
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "connection", "sealedToken"])
    .select(["organization.id as organizationId", "organization.name as organizationName"])
    .select("organization.crmId")
    .where("posServer.identity", "=", identity)
    .executeTakeFirst();
}

/** That of the code, or the one with the CrmId that the agent says; null = there is none, or it is archived. */
export async function findOrganization(trx: Db, { organizationId }: AskedCode, crmId: string | null) {
  if (organizationId !== null) return await findActiveOrganization(trx, { id: organizationId });
  return crmId === null ? null : await findActiveOrganization(trx, { crmId });
}

/** What is kept of an agent that asks. */
export type NewEnrolment = Pick<
  Insertable<EnrolmentTable>,
  "enrolmentCodeId" | "identity" | "sealedToken" | "fingerprint" | "host" | "address" | "crmId" | "version"
>;

/** Keeps that an agent has asked. @param posServerId whom it was let in as; null = it waits. */
export async function addEnrolment(
  trx: Db,
  agent: NewEnrolment,
  posServerId: number | null,
  now: number,
): Promise<void> {
  const state = posServerId === null ? "awaited" : "enrolled";
  const decidedAt = posServerId === null ? null : now;
  await trx
    .insertInto("enrolment")
    .values({ ...agent, state, askedAt: now, decidedAt, decidedBy: null, posServerId })
    .execute();
}

/** Counts one more agent that a code was used by. */
export async function countUse(trx: Db, codeId: number): Promise<void> {
  await trx
    .updateTable("enrolmentCode")
    .set(({ eb }) => ({ uses: eb("uses", "+", 1) }))
    .where("id", "=", codeId)
    .execute();
}
