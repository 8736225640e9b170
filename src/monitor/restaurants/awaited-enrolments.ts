import type { Db } from "../database/schema.ts";

/** Selects the agents that wait for an administrator; `posServer` and its `organization` are there if it is registered by its address. */
export function awaitedEnrolments(db: Db) {
  return db
    .selectFrom("enrolment")
    .leftJoin("posServer", (join) =>
      join.onRef("posServer.identity", "=", "enrolment.identity").on("connection", "=", "direct"),
    )
    .leftJoin("organization", "organization.id", "posServer.organizationId")
    .where("state", "=", "awaited")
    .where(({ or, and, eb }) =>
      or([
        eb("enrolmentCodeId", "is not", null),
        and([eb("posServer.id", "is not", null), eb("archivedAt", "is", null)]),
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
