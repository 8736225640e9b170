import type { Selectable } from "kysely";
import type { ReportedCheck } from "../../protocol/status-report.ts";
import type { Db } from "../database/schema.ts";
import type { PosCheckTable } from "../database/tables/status-tables.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import type { PosStatus } from "./next-status.ts";

type PosCheck = Selectable<PosCheckTable>;

/** Of one report; empty = none are kept. */
export interface ReportedChecks {
  posServerId: number;
  checks: readonly ReportedCheck[];
  /** ms UTC. */
  receivedAt: number;
}

/** SQLite allows 32,766 values in a statement. */
const MAX_ROWS = 1_000;
/** Smaller changes of a clock are not saved. */
const SAME_CLOCK_SECONDS = 1;

/** Nothing has to be saved when there are none, nor were before. */
export function reportedChecks(
  before: PosStatus,
  status: PosStatus,
  outcome: StatusOutcome,
): ReportedChecks[] {
  const reportsChecks = status.failedChecks !== null;
  if (!outcome.ok || !(reportsChecks || before.failedChecks !== null)) return [];
  const checks = reportsChecks ? (outcome.report.checks ?? []) : [];
  return [{ posServerId: status.posServerId, checks, receivedAt: outcome.receivedAt }];
}

/** Writes the checks that changed, and deletes those no longer reported. */
export async function saveChecks(trx: Db, reports: readonly ReportedChecks[]): Promise<void> {
  if (reports.length === 0) return;
  const stored = await trx
    .selectFrom("posCheck")
    .selectAll()
    .where("posServerId", "in", [...new Set(reports.map(({ posServerId }) => posServerId))])
    .execute();
  const known = new Map<number, Map<string, PosCheck>>();
  for (const check of stored) checksOf(check.posServerId).set(check.checkId, check);

  const written = new Map<string, PosCheck>();
  const gone = new Map<string, PosCheck>();
  for (const { posServerId, checks, receivedAt } of reports) {
    const before = checksOf(posServerId);
    const after = new Map<string, PosCheck>();
    for (const check of checks) {
      if (after.has(check.id)) continue;
      const next = nextCheck(before.get(check.id), check, posServerId, receivedAt);
      after.set(check.id, next);
      if (next !== before.get(check.id)) written.set(keyOf(next), next);
      gone.delete(keyOf(next));
    }
    for (const check of before.values()) {
      if (after.has(check.checkId)) continue;
      written.delete(keyOf(check));
      gone.set(keyOf(check), check);
    }
    known.set(posServerId, after);
  }
  await write([...written.values()]);
  for (const { posServerId, checkId } of gone.values()) {
    await trx
      .deleteFrom("posCheck")
      .where("posServerId", "=", posServerId)
      .where("checkId", "=", checkId)
      .execute();
  }

  function checksOf(posServerId: number): Map<string, PosCheck> {
    const checks = known.get(posServerId) ?? new Map<string, PosCheck>();
    known.set(posServerId, checks);
    return checks;
  }

  async function write(checks: PosCheck[]): Promise<void> {
    for (let at = 0; at < checks.length; at += MAX_ROWS) {
      await trx
        .replaceInto("posCheck")
        .values(checks.slice(at, at + MAX_ROWS))
        .execute();
    }
  }
}

/** The same object where nothing has changed. */
function nextCheck(
  before: PosCheck | undefined,
  { id, outcome, value = null, detail = null }: ReportedCheck,
  posServerId: number,
  receivedAt: number,
): PosCheck {
  const isSameOutcome = before?.outcome === outcome;
  if (before && isSameOutcome && before.detail === detail && isSameValue(id, before.value, value)) {
    return before;
  }
  const since = before && isSameOutcome ? before.since : receivedAt;
  return { posServerId, checkId: id, outcome, value, detail, since };
}

/** Measured values change a little every time; the report itself has the free space of the disk. */
function isSameValue(id: string, before: string | null, value: string | null): boolean {
  if (before === value) return true;
  if (before === null || value === null) return false;
  if (id === "disk") return true;
  return id === "clock" && Math.abs(Number(value) - Number(before)) < SAME_CLOCK_SECONDS;
}

function keyOf({ posServerId, checkId }: PosCheck): string {
  return `${posServerId} ${checkId}`;
}
