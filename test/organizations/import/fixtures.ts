import { join } from "node:path";
import type { Test } from "tap";
import * as XLSX from "xlsx";
import { PROGRAM } from "../../../src/monitor/audit-log/record-event.ts";
import { DATABASE_FILE } from "../../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../../src/monitor/database/open.ts";
import type { Db } from "../../../src/monitor/database/schema.ts";
import { WorkbookError } from "../../../src/monitor/excel/read-first-sheet.ts";
import { applyImport } from "../../../src/monitor/organizations/import/apply-import.ts";
import {
  ImportFileError,
  type ImportFileProblem,
} from "../../../src/monitor/organizations/import/import-file-error.ts";
import { Concealed } from "../../../src/monitor/organizations/import/parse-import-file.ts";
import {
  type ImportPlan,
  type PlannedImportRow,
  planImport,
} from "../../../src/monitor/organizations/import/plan-import.ts";
import { type FileKind, type RawRow, readRows } from "../../../src/monitor/organizations/import/read-rows.ts";
import { prepare } from "../../../src/monitor/organizations/listing/export.ts";
import type { RegistryFilter } from "../../../src/monitor/organizations/listing/read-registry.ts";
import { openSecretBox, type SecretBox } from "../../../src/monitor/secrets/secret-box.ts";
import type { Language } from "../../../src/monitor/viewer/language.ts";
import { presentationFor, type Viewer } from "../../../src/monitor/viewer/viewer.ts";
import { formatPairingString } from "../../../src/protocol/pairing-string.ts";
import { makeFolder } from "../../helpers/folder.ts";
import { provideDatabase } from "../../helpers/migrated-database.ts";
import { makeExport } from "../../helpers/write-workbook.ts";

export const NOW = Date.UTC(2026, 10, 24, 14, 30);
export const SECRET = "secret-token-of-the-agent";
export const HEADINGS = "Организация;CrmId;POS-сервер;Адрес или строка подключения;Токен";

export interface Registry {
  db: Db;
  secretBox: SecretBox;
}

/** An empty registry in a real file, closed when the test ends. */
export async function openRegistry(t: Test): Promise<Registry> {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const database = openDatabase(join(dataDir, DATABASE_FILE));
  t.teardown(() => database.db.destroy());
  return { db: database.db, secretBox: openSecretBox(dataDir) };
}

/** The pairing string of the agent with this number. */
export function pairing(
  number: number,
  changes: { host?: string; token?: string; certificate?: string } = {},
): string {
  return formatPairingString({
    address: `https://${changes.host ?? `10.8.0.${number}`}:8443`,
    posServerId: `5b0e9a0e-6c0b-4b3f-9a55-${String(number).padStart(12, "0")}`,
    token: changes.token ?? SECRET,
    fingerprint: `sha256:${(changes.certificate ?? "ab").repeat(32)}`,
  });
}

export function csv(...lines: string[]): Uint8Array {
  return Buffer.from(lines.join("\r\n"));
}

/** An .xlsx with one sheet of these cells. */
export function workbook(rows: unknown[][]): Uint8Array {
  const book = XLSX.utils.book_new(XLSX.utils.aoa_to_sheet(rows), "Sheet");
  return XLSX.write(book, { bookType: "xlsx", type: "buffer", compression: true });
}

/** Read in this process: one of its own for each file takes longer than all else. */
export async function rowsOf(bytes: Uint8Array, fileName: string): Promise<RawRow[]> {
  return (await readRows(bytes, fileName.endsWith(".xlsx") ? "xlsx" : "csv")).rows;
}

/** Why a file is refused, read in this process; fails when it is not. */
export async function problemOf(
  bytes: Uint8Array,
  fileName: string,
  parse: (bytes: Uint8Array, fileName: string) => Promise<unknown> = rowsOf,
): Promise<ImportFileProblem> {
  try {
    await parse(bytes, fileName);
  } catch (error) {
    if (error instanceof ImportFileError) return error.problem;
    if (error instanceof WorkbookError) return { code: error.problem, values: {} };
    throw error;
  }
  throw new Error(`${fileName} was not refused`);
}

/** Plans the rows of a CSV file below the usual headings. */
export async function plan(registry: Registry, ...lines: string[]): Promise<ImportPlan> {
  return await planWith(registry, HEADINGS, ...lines);
}

/** Plans the rows of a CSV file below these headings. */
export async function planWith(
  registry: Registry,
  headings: string,
  ...lines: string[]
): Promise<ImportPlan> {
  return await planFile(registry, csv(headings, ...lines), "csv");
}

/** Plans the rows of a file, read in this process. */
export async function planFile(
  { db, secretBox }: Registry,
  bytes: Uint8Array,
  kind: FileKind,
): Promise<ImportPlan> {
  const { rows, unreadColumns } = await readRows(bytes, kind);
  const parsed = { fileName: `fleet.${kind}`, rows: new Concealed(rows), unreadColumns };
  return await planImport(db, secretBox, parsed, NOW);
}

export async function apply({ db, secretBox }: Registry, shown: ImportPlan) {
  const applied = await applyImport(db, secretBox, PROGRAM, shown, NOW);
  if ("newPlan" in applied) throw new Error("the registry has changed meanwhile");
  return applied;
}

/** The registry as Excel gets it. */
export async function exportRegistry(
  db: Db,
  language: Language = "ru",
  filter: RegistryFilter = { organizationId: null, lack: null },
): Promise<Buffer> {
  return await makeExport({ prepare }, db, viewerIn(language), filter, NOW);
}

export function viewerIn(language: Language): Viewer {
  return { user: null, organizations: "all", ...presentationFor(language, "Europe/Moscow") };
}

/** The problem codes of each row. */
export function codesOf({ rows }: { rows: PlannedImportRow[] }): string[][] {
  return rows.map((row) => row.problems.map((problem) => problem.code));
}
