import { CHECK_IDS } from "../../protocol/status-report.ts";
import type { Db } from "../database/schema.ts";

export type PosCheck = Awaited<ReturnType<typeof listPosChecks>>[number];

const ORDER: readonly string[] = CHECK_IDS;

/** Lists what the last report told of the checks of a POS server, those that are known here first; `since` in ms UTC. */
export async function listPosChecks(db: Db, posServerId: number) {
  const checks = await db
    .selectFrom("pos_check")
    .select(["check_id as id", "outcome", "value", "detail", "since"])
    .where("pos_server_id", "=", posServerId)
    .orderBy("check_id")
    .execute();
  const rank = (id: string) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
  return checks.sort((one, other) => rank(one.id) - rank(other.id));
}

/** Forgets what was told of the checks of a POS server: another machine stands in its place. */
export async function forgetPosChecks(trx: Db, posServerId: number): Promise<void> {
  await trx.deleteFrom("pos_check").where("pos_server_id", "=", posServerId).execute();
  await trx
    .updateTable("pos_status")
    .set({ failed_checks: null, port_silent_reports: null, port_checked_at: null })
    .where("pos_server_id", "=", posServerId)
    .execute();
}
