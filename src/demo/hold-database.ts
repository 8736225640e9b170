import Sqlite, { type Database } from "better-sqlite3";

/** Agents show this name as the program that holds the database. */
process.title = "nightly-backup";

let database: Database | null = null;

process.once("message", (file: string) => {
  database = new Sqlite(file, { fileMustExist: true });
  database.exec("BEGIN IMMEDIATE");
  process.send?.("held");
});
process.once("disconnect", () => {
  database?.close();
  process.exit(0);
});
