import type { Kysely } from "kysely";

/** The computer whose agent a POS server without an address waits for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("pos_server").addColumn("computer", "text").execute();
}
