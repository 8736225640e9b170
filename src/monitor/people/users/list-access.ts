import type { Db } from "../../database/schema.ts";

/** A right that was ticked for a user and an organization. */
export interface TickedRight {
  organizationName: string;
  crmId: string;
}

/** When each user was added and last signed in (ms UTC), for a review of who still needs their access. */
export async function listUserTimes(db: Db) {
  const rows = await db
    .selectFrom("user")
    .leftJoin("audit_event", (join) =>
      join
        .onRef("audit_event.user_id", "=", "user.id")
        .on("audit_event.action", "=", "sign_in")
        .on("audit_event.result", "=", "done"),
    )
    .select(["user.id", "user.created_at as createdAt"])
    .select(({ fn }) => fn.max("audit_event.at").as("signedInAt"))
    .groupBy("user.id")
    .execute();
  return new Map(rows.map(({ id, createdAt, signedInAt }) => [id, { createdAt, signedInAt }]));
}

/** The ticked rights of all users, archived organizations aside, by the name of the organization. */
export async function listTickedRights(db: Db): Promise<Map<number, TickedRight[]>> {
  const rows = await db
    .selectFrom("user_organization")
    .innerJoin("organization", "organization.id", "user_organization.organization_id")
    .select(["user_organization.user_id as userId", "organization.name as organizationName"])
    .select("organization.crm_id as crmId")
    .where("organization.archived_at", "is", null)
    .orderBy("organization.name_sort")
    .orderBy("organization.id")
    .execute();
  return Map.groupBy(rows, ({ userId }) => userId);
}
