import type { Db } from "../database/schema.ts";

/** A cause that many POS servers came into at once, and the open incident that is about it. */
export interface CommonFailure {
  incidentId: number;
  causeKey: string;
  since: number;
}

/** Lists the open incidents of many in which some fail, the widest first; of several about one cause the widest. */
export async function listCommonFailures(db: Db): Promise<CommonFailure[]> {
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
