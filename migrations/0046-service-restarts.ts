import type { Kysely } from "kysely";

/** Agents that can restart the service of their POS server say so; a restart is a start that stops it first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("pos_status").addColumn("service_can_restart", "integer").execute();
  await db.schema
    .alterTable("service_start")
    .addColumn("is_restart", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable("service_start").addColumn("command_step", "text").execute();
}
