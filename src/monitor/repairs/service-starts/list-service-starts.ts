import type { Db } from "../../database/schema.ts";
import type { PosServerAction } from "../../requests/recent-actions.ts";
import { REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import { waitedUntil } from "../../requests/waiting.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { restoredMs } from "../commands/restored-exchange.ts";
import { wordsOf } from "./models.ts";

type ListedStart = Awaited<ReturnType<typeof listServiceStarts>>[number];

/** Newest first. */
export async function listServiceStarts(db: Db, posServerId: number, limit: number) {
  return await db
    .selectFrom("serviceStart")
    .select(["id", ...REQUEST_COLUMNS, "status", "isRestart", "syncedAt", "runsAt"])
    .where("posServerId", "=", posServerId)
    .orderBy("requestedAt", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** «Запуск службы: Анна Иванова», «обмен восстановлен за 20 с» */
export function startAsAction(start: ListedStart, { t, format }: Viewer, now: number): PosServerAction {
  const ms = restoredMs(start);
  return {
    at: start.requestedAt,
    title: format.time(start.requestedAt, now),
    text: t(`${wordsOf(start)}.inList`, { name: start.userName ?? start.userLogin }),
    url: `/service-starts/${start.id}`,
    result:
      ms === null
        ? statusInWords(start, { t, format }, now)
        : t("databaseReset.inList.done", { duration: format.elapsed(ms) }),
    isRestored: ms !== null,
  };
}

function statusInWords(start: ListedStart, { t, format }: Pick<Viewer, "t" | "format">, now: number): string {
  if (start.failureCode === "start_cancelled") return t("databaseReset.inList.cancelled");
  const until = waitedUntil(start);
  return until === null
    ? t(`${wordsOf(start)}.status.${start.status}`)
    : t("agentAwaited.inList", { time: format.clock(until, now) });
}
