import { answerParent } from "../../protocol/answer-parent.ts";
import { openForReading } from "../database/open.ts";
import type { Db } from "../database/schema.ts";
import type { OrganizationAccess } from "../viewer/access.ts";
import type { Language } from "../viewer/language.ts";
import { presentationFor, type SignedInUser, type Viewer } from "../viewer/viewer.ts";
import { type ExportRefusal, ExportTooLargeError } from "./export-refusal.ts";
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
   * Writes the sheets from one state of the database, the table first.
   * @throws ExportTooLargeError
   * @returns how many rows the table has.
   */
  write(workbook: Workbook, db: Db, viewer: Viewer, query: Query, now: number): Promise<number>;
}

export type ExportOutcome = { refusal: ExportRefusal } | ExportedFile;

export interface ExportedFile {
  bytes: Buffer;
  rows: number;
}

const DATE_FORMATS = { ru: "dd.mm.yyyy hh:mm:ss", en: "yyyy-mm-dd hh:mm:ss" };

answerParent(async (task: ExportTask): Promise<ExportOutcome> => {
  try {
    return await makeFile(task);
  } catch (error) {
    if (!(error instanceof ExportTooLargeError)) throw error;
    return { refusal: error.refusal };
  }
});

async function makeFile({ module, databaseFile, viewer, query, now }: ExportTask): Promise<ExportedFile> {
  const { write }: ExportModule = await import(module);
  const { language, timeZone, ...identity } = viewer;
  const presented = { ...identity, ...presentationFor(language, timeZone) };
  const workbook = createWorkbook({ timeZone, dateFormat: DATE_FORMATS[language] });
  const db = openForReading(databaseFile);
  let rows: number;
  try {
    rows = await db.transaction().execute((trx) => write(workbook, trx, presented, query, now));
  } finally {
    await db.destroy();
  }
  return { rows, bytes: await workbook.finish() };
}
