import { type ExpressionBuilder, sql } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import { REPORTED_CRM_ID } from "../pos-client/calls/reported-crm-id.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

/** The organization whose CrmId the POS server reports in place of its own. */
const isStated = sql<boolean>`
  pos_status.failure_code = 'wrong_crm_id'
  and organization.crm_id = substr(pos_status.failure_detail, ${sql.lit(REPORTED_CRM_ID.length + 1)})
  and organization.id <> pos_status.organization_id
  and organization.archived_at is null
`;

/** Its name; null = there is none. */
export function reportedOrganizationName(access: OrganizationAccess) {
  return ({ selectFrom }: ExpressionBuilder<Database, "posStatus">) =>
    selectFrom("organization").select("organization.name").where(isStated).where(isShownTo(access));
}

/** null = there is none. */
export async function findReportedOrganization(db: Db, posServerId: number) {
  const organization = await db
    .selectFrom("posStatus")
    .innerJoin("organization", (join) => join.on(isStated))
    .select(["organization.id", "organization.name", "organization.crmId"])
    .where("posStatus.posServerId", "=", posServerId)
    .executeTakeFirst();
  return organization ?? null;
}
