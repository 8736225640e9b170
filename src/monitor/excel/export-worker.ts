import { finished } from "node:stream/promises";
import { answerParent } from "../../protocol/answer-parent.ts";
import { openForReading } from "../database/open.ts";
import type { Db } from "../database/schema.ts";
import type { OrganizationAccess } from "../viewer/access.ts";
import type { Language } from "../viewer/language.ts";
import { presentationFor, type SignedInUser, type Viewer } from "../viewer/viewer.ts";
import { MAX_ROWS } from "./export-words.ts";
import { createWorkbook, type Workbook } from "./workbook.ts";

/** What a worker needs to make a file; it can be copied. */
export interface ExportTask<Query = unknown> {
  /** The URL of an `ExportModule`. */
  module: string;
  databaseFile: string;
  viewer: { user: SignedInUser; organizations: OrganizationAccess; language: Language; timeZone: string };
  query: Query;
  /** ms UTC. */
  now: number;
}

export interface ExportModule<Query = unknown> {
  /**
   * Looks at one state of the database.
   * @returns how many rows the table has, and what writes the sheets, the table first.
   */
  prepare(db: Db, viewer: Viewer, query: Query, now: number): Promise<PreparedExport>;
}

export interface PreparedExport {
  rows: number;
  write(workbook: Workbook): Promise<void>;
}

/** First the count of rows; the bytes of the file follow, unless these are more than `MAX_ROWS`. */
export type ExportProgress = number | Uint8Array;

const DATE_FORMATS = { ru: "dd.mm.yyyy hh:mm:ss", en: "yyyy-mm-dd hh:mm:ss" };

answerParent(async (task: ExportTask, report: (progress: ExportProgress) => void) => {
  const { module, databaseFile, viewer, query, now } = task;
  const { prepare }: ExportModule = await import(module);
  const { language, timeZone, ...identity } = viewer;
  const presented = { ...identity, ...presentationFor(language, timeZone) };
  const db = openForReading(databaseFile);
  try {
    await db.transaction().execute(async (trx) => {
      const { rows, write } = await prepare(trx, presented, query, now);
      report(rows);
      if (rows > MAX_ROWS) return;
      const workbook = createWorkbook(timeZone, DATE_FORMATS[language]);
      workbook.bytes.on("data", report);
      await write(workbook);
      workbook.end();
      await finished(workbook.bytes);
    });
  } finally {
    await db.destroy();
  }
});
