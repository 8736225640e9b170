import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import type { Database } from "../database/schema.ts";
import { readToldCrmId, TOLD_CRM_ID } from "../pos-client/calls/told-crm-id.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

/** Selects the name of the organization whose CrmId a POS server tells instead of its own; null when nobody here has it. */
export function toldOrganizationName(access: OrganizationAccess) {
  return ({ selectFrom }: ExpressionBuilder<Database, "pos_status">) =>
    selectFrom("organization")
      .select("organization.name")
      .where("pos_status.failure_code", "=", "wrong_crm_id")
      .where(
        "organization.crm_id",
        "=",
        sql<string>`substr(pos_status.failure_detail, ${sql.lit(TOLD_CRM_ID.length + 1)})`,
      )
      .where(isShownTo(access));
}

/** The organization whose CrmId a POS server tells instead of its own; null when it tells none that is registered. */
export async function findToldOrganization(
  db: Kysely<Database>,
  posServerId: number,
): Promise<{ id: number; name: string; crmId: string } | null> {
  const status = await db
    .selectFrom("pos_status")
    .select(["failure_code as code", "failure_detail as detail"])
    .where("pos_server_id", "=", posServerId)
    .executeTakeFirst();
  const crmId = readToldCrmId(status?.code ?? null, status?.detail ?? null);
  if (crmId === null) return null;
  const organization = await db
    .selectFrom("organization")
    .select(["id", "name", "crm_id as crmId"])
    .where("crm_id", "=", crmId)
    .where("archived_at", "is", null)
    .executeTakeFirst();
  return organization ?? null;
}
