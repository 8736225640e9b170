import type { Db } from "../../src/monitor/database/schema.ts";

/** Queues a log request, the simplest row that a runner works on. @returns its id. */
export async function queueRequest(db: Db, posServerId: number, requestedAt: number): Promise<number> {
  const { id } = await db
    .insertInto("logRequest")
    .values({
      posServerId,
      requestedAt,
      userId: null,
      userLogin: "admin",
      userName: "Анна Иванова",
      userAddress: "127.0.0.1",
      fromAt: requestedAt - 86_400_000,
      toAt: requestedAt,
      maxBytes: 100 * 1024 * 1024,
      status: "queued",
      plannedFiles: null,
      plannedBytes: null,
      failureCode: null,
      failureDetail: null,
      startedAt: null,
      finishedAt: null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Finishes a request. */
export async function finishRequest(db: Db, id: number, finishedAt: number): Promise<void> {
  await db.updateTable("logRequest").set({ status: "done", finishedAt }).where("id", "=", id).execute();
}
