import type { Db } from "../../database/schema.ts";

export type ActiveOrganization = Awaited<ReturnType<typeof listActiveOrganizations>>[number];

export async function listActiveOrganizations(db: Db) {
  return await selectActive(db).orderBy("nameSort").orderBy("id").execute();
}

export async function findActiveOrganization(
  db: Db,
  by: { id: number } | { crmId: string },
): Promise<ActiveOrganization | null> {
  const row = await selectActive(db)
    .where((eb) => ("id" in by ? eb("id", "=", by.id) : eb("crmId", "=", by.crmId)))
    .executeTakeFirst();
  return row ?? null;
}

function selectActive(db: Db) {
  return db.selectFrom("organization").select(["id", "name", "crmId"]).where("archivedAt", "is", null);
}
