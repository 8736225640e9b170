import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** Whether the token of any POS server, or a secret of a channel, is stored, sealed with the key of the data folder. */
export async function hasSealedSecrets(db: Kysely<Database>): Promise<boolean> {
  const token = await db
    .selectFrom("pos_server")
    .select("id")
    .where("sealed_token", "is not", null)
    .executeTakeFirst();
  const secret = await db
    .selectFrom("channel")
    .select("id")
    .where("secrets", "is not", null)
    .executeTakeFirst();
  return token !== undefined || secret !== undefined;
}
