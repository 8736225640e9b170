import { closeSync, openSync, writeSync } from "node:fs";
import SQLite from "better-sqlite3";

/** Overwrites the first page of a table, as a failing disk would; whoever has the file open does not notice. */
export function damageTable(file: string, table: string): void {
  const sqlite = new SQLite(file);
  sqlite.pragma("wal_checkpoint(TRUNCATE)");
  const pageSize = Number(sqlite.pragma("page_size", { simple: true }));
  const pages = sqlite.prepare<[string], number>("select rootpage from sqlite_schema where name = ?").pluck();
  const page = pages.get(table);
  sqlite.close();
  if (page === undefined) throw new Error(`There is no table ${table}`);
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(pageSize, 0xa5), 0, pageSize, (page - 1) * pageSize);
  closeSync(handle);
}
