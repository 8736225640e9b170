import type { Db } from "../../database/schema.ts";
import type { PosServerAction } from "../../requests/recent-actions.ts";
import { REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { restoredMs } from "../commands/restored-exchange.ts";

type ListedReset = Awaited<ReturnType<typeof listDatabaseResets>>[number];

/** Newest first. */
export async function listDatabaseResets(db: Db, posServerId: number, limit: number) {
  return await db
    .selectFrom("databaseReset")
    .select(["id", ...REQUEST_COLUMNS, "step"])
    .select(["begunAt", "syncedAt", "runsAt"])
    .where("posServerId", "=", posServerId)
    .orderBy("requestedAt", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** «Сброс БД: Анна Иванова», «обмен восстановлен за 48 с». @param awaitedUntil until when it waits for its agent. */
export function resetAsAction(
  reset: ListedReset,
  { t, format }: Viewer,
  now: number,
  awaitedUntil: number | null,
): PosServerAction {
  return {
    at: reset.requestedAt,
    title: format.time(reset.requestedAt, now),
    text: t("databaseReset.inList.asked", { name: reset.userName ?? reset.userLogin }),
    url: `/database-resets/${reset.id}`,
    result:
      awaitedUntil === null
        ? resultInWords(reset, { t, format })
        : t("agentAwaited.inList", { time: format.clock(awaitedUntil, now) }),
    isRestored: reset.step === "done",
  };
}

function resultInWords(reset: ListedReset, { t, format }: Pick<Viewer, "t" | "format">): string {
  if (reset.step === "done") {
    return t("databaseReset.inList.done", { duration: format.elapsed(restoredMs(reset) ?? 0) });
  }
  if (reset.step !== "failed") return t("databaseReset.inList.open");
  return t(
    reset.failureCode === "cancelled" ? "databaseReset.inList.cancelled" : "databaseReset.inList.failed",
  );
}
