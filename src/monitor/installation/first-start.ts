import { hasRow } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { readRestoredAt } from "./restored-copy.ts";

/** Whether any POS server of the registry ever answered. */
export async function hasAnyAnswered(db: Db): Promise<boolean> {
  return await hasRow(db.selectFrom("posStatus").where("lastUpdateAt", "is not", null));
}

/**
 * Nothing is connected yet: no POS server ever answered, and all came by a code. After registering addresses or restoring
 * a backup, people look at the list instead.
 */
export async function isFirstStart(db: Db): Promise<boolean> {
  if ((await hasAnyAnswered(db)) || (await readRestoredAt(db)) !== null) return false;
  return !(await hasRow(
    db
      .selectFrom("posServer")
      // What waits for its agent has only been named.
      .where(({ eb, or }) => or([eb("connection", "=", "dial_out"), eb("address", "is not", null)]))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(selectFrom("enrolment").select("enrolment.id").whereRef("posServerId", "=", "posServer.id")),
        ),
      ),
  ));
}
