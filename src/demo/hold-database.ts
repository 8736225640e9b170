import Sqlite from "better-sqlite3";
import { runAsDemoChild } from "./child-process.ts";

/** Agents show this name as the program that holds the database. */
process.title = "nightly-backup";

runAsDemoChild(async ({ file }: { file: string }) => {
  const database = new Sqlite(file, { fileMustExist: true });
  database.exec("BEGIN IMMEDIATE");
  return { ready: {}, close: async () => void database.close() };
});
// People who watch may end it.
process.once("SIGTERM", () => process.exit());
