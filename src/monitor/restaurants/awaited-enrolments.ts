import type { Db } from "../database/schema.ts";

/**
 * The agents that wait for an administrator. With one that is registered `pos_server` is there, and its `organization`: it is called
 * by its address as yet.
 */
export function awaitedEnrolments(db: Db) {
  return db
    .selectFrom("enrolment")
    .leftJoin("pos_server", (join) =>
      join.onRef("pos_server.identity", "=", "enrolment.identity").on("connection", "=", "direct"),
    )
    .leftJoin("organization", "organization.id", "pos_server.organization_id")
    .where("state", "=", "awaited")
    .where(({ or, and, eb }) =>
      or([
        eb("enrolment_code_id", "is not", null),
        and([eb("pos_server.id", "is not", null), eb("archived_at", "is", null)]),
      ]),
    );
}

/** How many agents wait. */
export async function countAwaitedEnrolments(db: Db): Promise<number> {
  const { count } = await awaitedEnrolments(db)
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}
