import { openForReading } from "../database/open.ts";
import type { Db } from "../database/schema.ts";
import { presentationFor, type Viewer } from "../viewer/viewer.ts";
import type { ExportedFile, ExportOutcome, ExportTask } from "./export-task.ts";
import { ExportTooLargeError } from "./rows.ts";
import type { Sheet } from "./workbook.ts";
import { writeWorkbook } from "./write-workbook.ts";

const DATE_FORMATS = { ru: "dd.mm.yyyy hh:mm:ss", en: "yyyy-mm-dd hh:mm:ss" };

/**
 * In a worker: reads the sheets of a file in one state of the database, lets go of it, and only then writes the file.
 * @param read gives the sheets, the table first; it may throw ExportTooLargeError.
 */
export async function runExport<Query>(
  task: ExportTask<Query>,
  read: (db: Db, viewer: Viewer) => Promise<Sheet[]>,
): Promise<ExportOutcome> {
  try {
    return await makeFile(task, read);
  } catch (error) {
    if (!(error instanceof ExportTooLargeError)) throw error;
    return { refusal: error.refusal };
  }
}

async function makeFile<Query>(
  { databaseFile, viewer }: ExportTask<Query>,
  read: (db: Db, viewer: Viewer) => Promise<Sheet[]>,
): Promise<ExportedFile> {
  const { language, timeZone, ...identity } = viewer;
  const sheets = await readSnapshot(databaseFile, (db) =>
    read(db, { ...identity, ...presentationFor(language, timeZone) }),
  );
  const rows = sheets[0]?.rows.length ?? 0;
  const bytes = await writeWorkbook({ sheets, timeZone, dateFormat: DATE_FORMATS[language] });
  return { rows, bytes };
}

async function readSnapshot<T>(file: string, read: (db: Db) => Promise<T>): Promise<T> {
  const db = openForReading(file);
  try {
    return await db.transaction().execute(read);
  } finally {
    await db.destroy();
  }
}
