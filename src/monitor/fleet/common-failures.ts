import type { Db } from "../database/schema.ts";

export type CommonFailure = Awaited<ReturnType<typeof listCommonFailures>>[number];

/** Lists the open common incidents in which POS servers still fail, the widest first; for each cause only the widest. */
export async function listCommonFailures(db: Db) {
  const rows = await db
    .selectFrom("incident")
    .select(["id as incidentId", "causeKey", "openedAt as since"])
    .where("kind", "=", "common")
    .where("closedAt", "is", null)
    .where("failing", ">", 0)
    .orderBy("failing", "desc")
    .orderBy("id", "desc")
    .execute();
  const seen = new Set<string>();
  return rows.flatMap(({ incidentId, causeKey, since }) => {
    if (causeKey === null || seen.has(causeKey)) return [];
    seen.add(causeKey);
    return [{ incidentId, causeKey, since }];
  });
}
