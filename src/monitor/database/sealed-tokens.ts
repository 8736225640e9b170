import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** Whether the token of any POS server is stored, sealed with the key of the data folder. */
export async function hasSealedTokens(db: Kysely<Database>): Promise<boolean> {
  const sealed = await db
    .selectFrom("pos_server")
    .select("id")
    .where("sealed_token", "is not", null)
    .executeTakeFirst();
  return sealed !== undefined;
}
