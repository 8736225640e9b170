import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { PosServerAction } from "../../requests/recent-actions.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { restoredAfterMs } from "./shown-steps.ts";

export type ListedReset = Awaited<ReturnType<typeof listDatabaseResets>>[number];

/** The last resets of a POS server, newest first. */
export async function listDatabaseResets(db: Kysely<Database>, posServerId: number, limit: number) {
  return await db
    .selectFrom("database_reset")
    .select([
      "id",
      "requested_at",
      "begun_at",
      "synced_at",
      "user_login",
      "user_name",
      "step",
      "failure_code",
    ])
    .where("pos_server_id", "=", posServerId)
    .orderBy("requested_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** A reset as the page of its POS server lists it: «Сброс БД: Анна Иванова», «обмен восстановлен за 48 с». */
export function resetAsAction(reset: ListedReset, { t, format }: Viewer, now: number): PosServerAction {
  return {
    at: reset.requested_at,
    time: format.time(reset.requested_at, now),
    text: t("databaseReset.inList.asked", { name: reset.user_name ?? reset.user_login }),
    url: `/database-resets/${reset.id}`,
    result: resultInWords(reset, { t, format }),
    isRestored: reset.step === "done",
  };
}

function resultInWords(reset: ListedReset, { t, format }: Pick<Viewer, "t" | "format">): string {
  if (reset.step === "done") {
    return t("databaseReset.inList.done", { duration: format.elapsed(restoredAfterMs(reset)) });
  }
  if (reset.step !== "failed") return t("databaseReset.inList.open");
  return t(
    reset.failure_code === "cancelled" ? "databaseReset.inList.cancelled" : "databaseReset.inList.failed",
  );
}
