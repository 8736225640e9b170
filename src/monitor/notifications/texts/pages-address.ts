import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { readSettings } from "../../fleet/settings.ts";

/** Where the links of messages lead; empty = nobody has said where people open the pages. */
export async function readPagesAddress(db: Kysely<Database>): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(db);
  return pagesUrl || publicAddress;
}
