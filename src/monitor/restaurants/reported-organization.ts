import { type ExpressionBuilder, sql } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import { REPORTED_CRM_ID } from "../pos-client/calls/reported-crm-id.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

/** Of an organization beside a status: it is the one whose CrmId the POS server tells instead of its own. */
const isStated = sql<boolean>`
  pos_status.failure_code = 'wrong_crm_id'
  and organization.crm_id = substr(pos_status.failure_detail, ${sql.lit(REPORTED_CRM_ID.length + 1)})
  and organization.id <> pos_status.organization_id
  and organization.archived_at is null
`;

/** Selects the name of the organization whose CrmId a POS server tells instead of its own; null when nobody here has it. */
export function reportedOrganizationName(access: OrganizationAccess) {
  return ({ selectFrom }: ExpressionBuilder<Database, "posStatus">) =>
    selectFrom("organization").select("organization.name").where(isStated).where(isShownTo(access));
}

/** The organization whose CrmId a POS server tells instead of its own; null when it tells none that is registered. */
export async function findReportedOrganization(
  db: Db,
  posServerId: number,
): Promise<{ id: number; name: string; crmId: string } | null> {
  const organization = await db
    .selectFrom("posStatus")
    .innerJoin("organization", (join) => join.on(isStated))
    .select(["organization.id", "organization.name", "organization.crmId"])
    .where("posStatus.posServerId", "=", posServerId)
    .executeTakeFirst();
  return organization ?? null;
}
