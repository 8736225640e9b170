import { type ExpressionBuilder, sql } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import { TOLD_CRM_ID } from "../pos-client/calls/told-crm-id.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

/** Of an organization beside a status: it is the one whose CrmId the POS server tells instead of its own. */
const isTold = sql<boolean>`
  pos_status.failure_code = 'wrong_crm_id'
  and organization.crm_id = substr(pos_status.failure_detail, ${sql.lit(TOLD_CRM_ID.length + 1)})
  and organization.id <> pos_status.organization_id
  and organization.archived_at is null
`;

/** Selects the name of the organization whose CrmId a POS server tells instead of its own; null when nobody here has it. */
export function toldOrganizationName(access: OrganizationAccess) {
  return ({ selectFrom }: ExpressionBuilder<Database, "pos_status">) =>
    selectFrom("organization").select("organization.name").where(isTold).where(isShownTo(access));
}

/** The organization whose CrmId a POS server tells instead of its own; null when it tells none that is registered. */
export async function findToldOrganization(
  db: Db,
  posServerId: number,
): Promise<{ id: number; name: string; crmId: string } | null> {
  const organization = await db
    .selectFrom("pos_status")
    .innerJoin("organization", (join) => join.on(isTold))
    .select(["organization.id", "organization.name", "organization.crm_id as crmId"])
    .where("pos_status.pos_server_id", "=", posServerId)
    .executeTakeFirst();
  return organization ?? null;
}
