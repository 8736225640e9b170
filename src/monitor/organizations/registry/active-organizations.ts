import type { Db } from "../../database/schema.ts";

export type ActiveOrganization = NonNullable<Awaited<ReturnType<typeof findActiveOrganization>>>;

/** null when there is none, or it is archived. */
export async function findActiveOrganization(db: Db, by: { id: number } | { crmId: string }) {
  const row = await db
    .selectFrom("organization")
    .select(["id", "name", "crmId"])
    .where("archivedAt", "is", null)
    .where((eb) => ("id" in by ? eb("id", "=", by.id) : eb("crmId", "=", by.crmId)))
    .executeTakeFirst();
  return row ?? null;
}
