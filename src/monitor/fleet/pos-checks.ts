import { CHECK_IDS, type CheckId, type ReportedCheck } from "../../protocol/status-report.ts";
import type { Db } from "../database/schema.ts";

const MAX_WHY_LENGTH = 64;

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

/** The known checks that failed, as the database keeps them: `id` or `id:why`, one a line; empty = none. */
export function failedChecks(checks: readonly ReportedCheck[]): string {
  const lines = CHECK_IDS.flatMap((known) => {
    const check = checks.find(({ id }) => id === known);
    if (check?.outcome !== "failed") return [];
    const why = check.detail?.replaceAll("\n", " ").slice(0, MAX_WHY_LENGTH);
    return [why ? `${known}:${why}` : known];
  });
  return lines.join("\n");
}

/** Reads them back: each check that failed, with why (null = unsaid). */
export function readFailedChecks(status: { failedChecks?: string | null }): Map<CheckId, string | null> {
  const whys = new Map<CheckId, string | null>();
  for (const line of status.failedChecks?.split("\n") ?? []) {
    const [name = "", ...why] = line.split(":");
    const id = CHECK_IDS.find((known) => known === name);
    if (id) whys.set(id, why.join(":") || null);
  }
  return whys;
}
