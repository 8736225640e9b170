import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { readRestoredAt } from "./restored-copy.ts";

/** Whether any POS server of the registry has ever answered. */
export async function hasAnyAnswered(db: Kysely<Database>): Promise<boolean> {
  const row = await db
    .selectFrom("pos_status")
    .select("pos_server_id")
    .where("last_update_at", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Whether nothing is connected yet: no POS server is registered, or, once agents were to be let in by a code, none has ever
 * answered. Who registers POS servers with pairing strings alone looks at their list, and who has restored a backup is asked
 * there whether the old monitor is gone.
 */
export async function isFirstStart(db: Kysely<Database>): Promise<boolean> {
  if ((await hasAnyAnswered(db)) || (await readRestoredAt(db)) !== null) return false;
  const posServer = await db.selectFrom("pos_server").select("id").limit(1).executeTakeFirst();
  if (!posServer) return true;
  const code = await db.selectFrom("enrolment_code").select("id").limit(1).executeTakeFirst();
  return code !== undefined;
}
