import { type ExpressionBuilder, type Selectable, sql } from "kysely";
import type { Database, Db } from "../database/schema.ts";
import type { CauseInWords, StateChangeTable } from "../database/tables/status-tables.ts";
import { readId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { REPORTED_CRM_ID } from "../pos-client/calls/failure.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

/** The organization whose CrmId the POS server reports in place of its own. */
const isStated = sql<boolean>`
  pos_status.failure_code = 'wrong_crm_id'
  and organization.crm_id = substr(pos_status.failure_detail, ${sql.lit(REPORTED_CRM_ID.length + 1)})
  and organization.id <> pos_status.organization_id
  and organization.archived_at is null
`;

export type ShownPosServer = NonNullable<Awaited<ReturnType<typeof findPosServer>>>;
export type StateChange = Pick<Selectable<StateChangeTable>, "id" | "at" | "state"> & CauseInWords;

/** With its last report; null when it is not there, or may not be seen. */
export async function findPosServer(db: Db, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select([
      "posServer.id",
      "posServer.name",
      "posServer.connection",
      "posServer.address",
      "posServer.computer",
      "posServer.parked",
      "posServer.fingerprint",
      "posServer.pollIntervalMs",
      "organization.name as organizationName",
      "organization.crmId",
    ])
    .selectAll("posStatus")
    .select((eb) => reportedOrganizationName(access)(eb).as("reportedOrganizationName"))
    .where("posServer.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

/** The POS server of the address, by `findPosServer`. @throws NotFoundError */
export async function findAskedPosServer(
  db: Db,
  { params, viewer }: { params: { id: string }; viewer: { organizations: OrganizationAccess } },
): Promise<ShownPosServer> {
  return found(await findPosServer(db, viewer.organizations, readId(params.id) ?? 0));
}

/** Newest first. @param before leaves out all down to this one (`at` in ms UTC, `id`). */
export async function listStateChanges(
  db: Db,
  posServerId: number,
  limit: number,
  before: readonly [at: number, id: number] = [Number.MAX_SAFE_INTEGER, 0],
) {
  const [beforeAt, beforeId] = before;
  return await db
    .selectFrom("stateChange")
    .leftJoin("cause", "cause.id", "causeId")
    .select(["stateChange.id", "at", "state", "causeKey", "detail"])
    .where("posServerId", "=", posServerId)
    .where(({ eb, refTuple, tuple }) => eb(refTuple("at", "stateChange.id"), "<", tuple(beforeAt, beforeId)))
    .orderBy("at", "desc")
    .orderBy("stateChange.id", "desc")
    .limit(limit)
    .execute();
}

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
