import type { Db } from "../database/schema.ts";

/**
 * The agents that wait for an administrator; joined with `posServer` and its `organization`, if it is registered by its
 * address.
 */
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
