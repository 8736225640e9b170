import type { Db } from "../database/schema.ts";
import { plain, type RequestTable } from "./claims.ts";

/**
 * Keeps in an open row what keeps it from going on at the moment, though it is tried again; null = nothing any more. What is
 * tried does not wait for its agent.
 */
export async function noteTrouble(
  db: Db,
  { table, id }: { table: RequestTable; id: number },
  failure: { code: string; detail: string } | null,
): Promise<void> {
  await db
    .updateTable(plain(table))
    .set({ waitsSince: null, failureCode: failure?.code ?? null, failureDetail: failure?.detail ?? null })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .execute();
}
