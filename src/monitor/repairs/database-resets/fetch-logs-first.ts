import { HOUR_MS } from "../../../protocol/time-units.ts";
import type { Db } from "../../database/schema.ts";
import { createLogRequest } from "../../log-archives/create-log-request.ts";
import { DEFAULT_MEGABYTES } from "../../log-archives/log-request-form.ts";
import { type LeftOutFile, readMissing } from "../../log-archives/outcome/stored-files.ts";
import { actorOf } from "../../requests/request-columns.ts";
import { isExpired, waitLonger } from "../../requests/waiting.ts";
import { keptFailure } from "../commands/command-failure.ts";
import type { StepChange } from "./enter-step.ts";
import { type FoundReset, findOpenReset } from "./find-database-resets.ts";
import { LOG_PERIOD_MS } from "./step.ts";
import type { WaitedFor } from "./waited-for.ts";
import type { ResetDependencies } from "./work.ts";

/** A period may be this much shorter at either end, and still counts as the last day. */
const PERIOD_TOLERANCE_MS = HOUR_MS;
const NAMED_LOGS = 3;
const MAX_BYTES = DEFAULT_MEGABYTES * 1024 * 1024;
/** Who asked no longer expects it, and has to decide again. */
const TOO_LATE: StepChange = { step: "awaiting_decision", failure: { code: "logs_late", detail: "" } };

/** `fetching_logs`: asks for the logs, or decides by how that ended. @returns null = wait. */
export async function fetchLogsFirst(
  { db, clock, wakeLogRequests }: ResetDependencies,
  reset: FoundReset,
  logs: WaitedFor["logs"],
): Promise<StepChange | null> {
  const isTooLate = isExpired(reset.expiresAt, clock());
  const areThere = logs !== null && logs.finishedAt !== null;
  if (!areThere && isTooLate) return TOO_LATE;
  if (!logs) {
    await askForLogs(db, reset, clock());
    wakeLogRequests();
    return null;
  }
  if (logs.status !== "done") {
    const failure = { code: "logs_failed", detail: "" };
    return { step: "awaiting_decision", failure, logFailure: keptFailure(logs) };
  }
  const missing = readMissing(logs.leftOut);
  if (missing.length > 0) {
    return { step: "awaiting_decision", failure: { code: "logs_incomplete", detail: namesOf(missing) } };
  }
  return isTooLate ? TOO_LATE : { step: "resetting" };
}

function namesOf(logs: readonly LeftOutFile[]): string {
  const names = logs.slice(0, NAMED_LOGS).map(({ name }) => name);
  return [...names, ...(logs.length > NAMED_LOGS ? ["…"] : [])].join(", ");
}

async function askForLogs(db: Db, reset: FoundReset, now: number): Promise<void> {
  const from = now - LOG_PERIOD_MS;
  const actor = actorOf(reset);
  const posServer = {
    id: reset.posServerId,
    name: reset.posServerName,
    organizationId: reset.organizationId,
  };
  await db.transaction().execute(async (trx) => {
    const isCancelled = (await findOpenReset(trx, reset.id)) === null;
    if (isCancelled) return;
    const running = await trx
      .selectFrom("logRequest")
      .select("id")
      .where("posServerId", "=", reset.posServerId)
      .where("finishedAt", "is", null)
      .where("fromAt", "<=", from + PERIOD_TOLERANCE_MS)
      .where("toAt", ">=", now - PERIOD_TOLERANCE_MS)
      .where("maxBytes", ">=", MAX_BYTES)
      .orderBy("id")
      .executeTakeFirst();
    if (running) await waitLonger(trx, "logRequest", { ...reset, id: running.id }, actor, now);
    const period = { fromAt: from, toAt: now, maxBytes: MAX_BYTES };
    // Logs that come after the reset expires are of no use.
    const { expiresAt } = reset;
    const { id } = running ?? (await createLogRequest(trx, actor, posServer, period, now, { expiresAt }));
    await trx
      .updateTable("databaseReset")
      .set({ logRequestId: id, waitsSince: null })
      .where("id", "=", reset.id)
      .execute();
  });
}
