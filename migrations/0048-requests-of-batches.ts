import { type Kysely, sql } from "kysely";

/** By it the end of a request finds the batch that asked for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index batch_item_request on batch_item (request_id) where request_id is not null`.execute(
    db,
  );
}
