import type { Insertable } from "kysely";
import type { Db } from "../../src/monitor/database/schema.ts";
import type { LogRequestTable } from "../../src/monitor/database/tables/request-tables.ts";
import { addRow } from "./rows.ts";

/** Queues a log request, the simplest row that a runner works on: for the last day, of 100 MB. @returns its id. */
export async function queueRequest(
  db: Db,
  posServerId: number,
  requestedAt: number,
  changes: Partial<Insertable<LogRequestTable>> = {},
): Promise<number> {
  return await addRow(db, "logRequest", {
    posServerId,
    requestedAt,
    userLogin: "admin",
    userName: "Анна Иванова",
    userAddress: "127.0.0.1",
    fromAt: requestedAt - 86_400_000,
    toAt: requestedAt,
    maxBytes: 100 * 1024 * 1024,
    status: "queued",
    ...changes,
  });
}

export async function finishRequest(db: Db, id: number, finishedAt: number): Promise<void> {
  await db.updateTable("logRequest").set({ status: "done", finishedAt }).where("id", "=", id).execute();
}
