import { type Insertable, type SqlBool, sql } from "kysely";
import type { EnrolmentOrder } from "../../protocol/enrolment.ts";
import { visibleName, withVisibleTexts } from "../../protocol/visible-text.ts";
import type { Db } from "../database/schema.ts";
import type { EnrolmentTable } from "../database/tables/enrolment-tables.ts";
import { findActiveOrganization } from "../organizations/registry/active-organizations.ts";
import { hashSecretToken } from "../secrets/secret-token.ts";

/** What an agent says of itself, with control characters made visible. */
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

/** Finds the code with this secret, valid or not. */
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
      // Made at the command line, or by somebody who is still an administrator.
      sql<SqlBool>`user.id is null or (user.is_administrator and not user.is_blocked)`.as("isTrusted"),
    ])
    .where("secretHash", "=", hashSecretToken(secret))
    .executeTakeFirst();
}

export async function findKnown(trx: Db, identity: string) {
  return await trx
    .selectFrom("enrolment")
    .select(["id", "enrolmentCodeId as codeId", "sealedToken", "state"])
    .where("identity", "=", identity)
    .executeTakeFirst();
}

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

/** The organization of the code, or with the CrmId of the agent, unless it is archived. */
export async function findOrganization(trx: Db, { organizationId }: AskedCode, crmId: string | null) {
  if (organizationId !== null) return await findActiveOrganization(trx, { id: organizationId });
  return crmId === null ? null : await findActiveOrganization(trx, { crmId });
}

export type NewEnrolment = Pick<
  Insertable<EnrolmentTable>,
  "enrolmentCodeId" | "identity" | "sealedToken" | "fingerprint" | "host" | "address" | "crmId" | "version"
>;

/** Stores the request of an agent. @param posServerId the POS server it became; null = it waits. */
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

export async function countUse(trx: Db, codeId: number): Promise<void> {
  await trx
    .updateTable("enrolmentCode")
    .set(({ eb }) => ({ uses: eb("uses", "+", 1) }))
    .where("id", "=", codeId)
    .execute();
}
