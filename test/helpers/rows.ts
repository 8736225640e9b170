import type { Insertable, Selectable, Updateable } from "kysely";
import type { Database, Db } from "../../src/monitor/database/schema.ts";

/** Values that rows have in some columns. */
type Which<Table extends keyof Database> = Partial<Selectable<Database[Table]>>;

/** Changes the rows with these values, all of the table unless told. */
export async function changeRows<Table extends keyof Database>(
  db: Db,
  table: Table,
  changes: Updateable<Database[Table]>,
  which: Which<Table> = {},
): Promise<void> {
  const query = db.updateTable(table as "setting").set(changes);
  await query.where((row) => row.and(which)).execute();
}

/** @returns its id, where the table has one. */
export async function addRow<Table extends keyof Database>(
  db: Db,
  table: Table,
  row: Insertable<Database[Table]>,
): Promise<number> {
  const { insertId } = await db
    .insertInto(table as "setting")
    .values(row as never)
    .executeTakeFirstOrThrow();
  return Number(insertId);
}

/** Reads the first row with these values, of the table unless told. @throws when there is none. */
export async function readRow<Table extends keyof Database>(
  db: Db,
  table: Table,
  which: Which<Table> = {},
): Promise<Selectable<Database[Table]>> {
  const query = db.selectFrom(table as "setting").selectAll();
  return (await query.where((row) => row.and(which)).executeTakeFirstOrThrow()) as never;
}
