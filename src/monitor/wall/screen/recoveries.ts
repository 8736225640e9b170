import type { Db } from "../../database/schema.ts";
import { PROBLEM_STATES } from "../../fleet/state.ts";
import { LATELY_MS } from "../../fleet/summary.ts";
import { isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";

export type Recovery = Awaited<ReturnType<typeof listRecoveries>>[number];

/**
 * Lists what recovered within the last hour, newest first.
 * @returns `troubleMs`: how long there was no exchange; null when the history does not say.
 */
export async function listRecoveries(db: Db, access: OrganizationAccess, maxRows: number, now: number) {
  if (maxRows <= 0) return [];
  const recovered = await db
    .selectFrom("posStatus")
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .select(["posServer.id", "posServer.name", "recoveredAt"])
    .where("recoveredAt", ">", now - LATELY_MS)
    .where("standing", "=", "active")
    .where(isVisibleTo(access, "posStatus.organizationId"))
    .orderBy("recoveredAt", "desc")
    .orderBy("posServer.id")
    .limit(maxRows)
    .execute();
  const recoveries: { name: string; recoveredAt: number; troubleMs: number | null }[] = [];
  for (const { id, name, recoveredAt } of recovered) {
    if (recoveredAt === null) continue;
    const beganAt = await findBeginning(db, id, recoveredAt);
    recoveries.push({ name, recoveredAt, troubleMs: beganAt === null ? null : recoveredAt - beganAt });
  }
  return recoveries;
}

/** When the trouble began that ended then: at the first problem after the last state without one. */
async function findBeginning(db: Db, posServerId: number, endedAt: number) {
  const before = db
    .selectFrom("stateChange")
    .where("posServerId", "=", posServerId)
    .where("at", "<", endedAt);
  const good = await before
    .where("state", "not in", PROBLEM_STATES)
    .select("at")
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirst();
  const { beganAt } = await before
    .where("state", "in", PROBLEM_STATES)
    .where("at", ">=", good?.at ?? 0)
    .select(({ fn }) => fn.min<number | null>("at").as("beganAt"))
    .executeTakeFirstOrThrow();
  return beganAt;
}
