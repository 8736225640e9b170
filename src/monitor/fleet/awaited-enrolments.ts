import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";

/** How many agents wait for an administrator to let them in. */
export async function countAwaitedEnrolments(db: Kysely<Database>): Promise<number> {
  const { count } = await db
    .selectFrom("enrolment")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("state", "=", "awaited")
    .executeTakeFirstOrThrow();
  return count;
}
