import type { Db } from "../../src/monitor/database/schema.ts";

/** Queues a log request, the simplest row that a runner works on. @returns its id. */
export async function queueRequest(db: Db, posServerId: number, requestedAt: number): Promise<number> {
  const { id } = await db
    .insertInto("log_request")
    .values({
      pos_server_id: posServerId,
      requested_at: requestedAt,
      user_id: null,
      user_login: "admin",
      user_name: "Анна Иванова",
      user_address: "127.0.0.1",
      from_at: requestedAt - 86_400_000,
      to_at: requestedAt,
      max_bytes: 100 * 1024 * 1024,
      status: "queued",
      planned_files: null,
      planned_bytes: null,
      failure_code: null,
      failure_detail: null,
      started_at: null,
      finished_at: null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Finishes a request. */
export async function finishRequest(db: Db, id: number, finishedAt: number): Promise<void> {
  await db
    .updateTable("log_request")
    .set({ status: "done", finished_at: finishedAt })
    .where("id", "=", id)
    .execute();
}
