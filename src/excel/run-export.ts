import type { Kysely } from "kysely";
import { openForReading } from "../database/open.ts";
import type { Database } from "../database/schema.ts";
import { presentationFor, type Viewer } from "../viewer/viewer.ts";
import type { ExportOutcome, ExportTask } from "./export-task.ts";
import type { PoolAnswer } from "./pool-worker.ts";
import type { Sheet } from "./workbook.ts";
import { writeWorkbook } from "./write-workbook.ts";

const DATE_FORMATS = { ru: "dd.mm.yyyy hh:mm:ss", en: "yyyy-mm-dd hh:mm:ss" };

/**
 * In a worker: reads the sheets of a file in one state of the database, lets go of it, and only then writes the file.
 * @param read gives the sheets, the table first, or null when a sheet would have more than MAX_ROWS.
 */
export async function runExport<Query>(
  task: ExportTask<Query>,
  read: (db: Kysely<Database>, viewer: Viewer) => Promise<Sheet[] | null>,
): Promise<PoolAnswer> {
  const { language, timeZone, ...identity } = task.viewer;
  const viewer = { ...identity, ...presentationFor(language, timeZone) };
  const sheets = await readSnapshot(task.databaseFile, (db) => read(db, viewer));
  if (sheets === null) return answer("too_many_rows", []);
  const rows = sheets[0]?.rows.length ?? 0;
  const bytes = writeWorkbook({ sheets, timeZone, dateFormat: DATE_FORMATS[language] });
  return answer({ bytes, rows }, [bytes.buffer]);
}

async function readSnapshot<T>(file: string, read: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  const db = openForReading(file);
  try {
    return await db.transaction().execute(read);
  } finally {
    await db.destroy();
  }
}

function answer(message: ExportOutcome, transfer: ArrayBuffer[]): PoolAnswer {
  return { message, transfer };
}
