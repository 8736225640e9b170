import { CHECK_IDS } from "../../protocol/status-report.ts";
import type { Db } from "../database/schema.ts";

export type PosCheck = Awaited<ReturnType<typeof listPosChecks>>[number];

const ORDER: readonly string[] = CHECK_IDS;

/** The checks of the last report, known ones first; `since` in ms UTC. */
export async function listPosChecks(db: Db, posServerId: number) {
  const checks = await db
    .selectFrom("posCheck")
    .select(["checkId as id", "outcome", "value", "detail", "since"])
    .where("posServerId", "=", posServerId)
    .orderBy("checkId")
    .execute();
  const rank = (id: string) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
  return checks.sort((one, other) => rank(one.id) - rank(other.id));
}

/** For a POS server whose place another machine has taken. */
export async function forgetPosChecks(trx: Db, posServerId: number): Promise<void> {
  await trx.deleteFrom("posCheck").where("posServerId", "=", posServerId).execute();
  await trx
    .updateTable("posStatus")
    .set({ failedChecks: null, portSilentReports: null, portCheckedAt: null })
    .where("posServerId", "=", posServerId)
    .execute();
}
