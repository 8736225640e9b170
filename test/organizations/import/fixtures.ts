import { join } from "node:path";
import type { Test } from "tap";
import * as XLSX from "xlsx";
import { PROGRAM } from "../../../src/monitor/audit-log/record-event.ts";
import { DATABASE_FILE } from "../../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../../src/monitor/database/open.ts";
import type { Db } from "../../../src/monitor/database/schema.ts";
import { applyImport } from "../../../src/monitor/organizations/import/apply-import.ts";
import {
  ImportFileError,
  type ImportFileProblem,
} from "../../../src/monitor/organizations/import/import-file-error.ts";
import { Concealed, parseImportFile } from "../../../src/monitor/organizations/import/parse-import-file.ts";
import {
  type ImportPlan,
  type PlannedImportRow,
  planImport,
} from "../../../src/monitor/organizations/import/plan-import.ts";
import { type RawRow, readRows } from "../../../src/monitor/organizations/import/read-rows.ts";
import { openSecretBox, type SecretBox } from "../../../src/monitor/secrets/secret-box.ts";
import { formatPairingString } from "../../../src/protocol/pairing-string.ts";
import { makeFolder } from "../../helpers/folder.ts";
import { provideDatabase } from "../../helpers/migrated-database.ts";

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

/** Why a file is refused; fails when it is not. */
export async function problemOf(
  bytes: Uint8Array,
  fileName: string,
  options?: Parameters<typeof parseImportFile>[2],
): Promise<ImportFileProblem> {
  try {
    await parseImportFile(bytes, fileName, options);
  } catch (error) {
    if (error instanceof ImportFileError) return error.problem;
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
  { db, secretBox }: Registry,
  headings: string,
  ...lines: string[]
): Promise<ImportPlan> {
  const { rows, unreadColumns } = await readRows(csv(headings, ...lines), "csv");
  const parsed = { fileName: "fleet.csv", rows: new Concealed(rows), unreadColumns };
  return await planImport(db, secretBox, parsed, NOW);
}

export async function apply({ db, secretBox }: Registry, shown: ImportPlan) {
  const applied = await applyImport(db, secretBox, PROGRAM, shown, NOW);
  if ("newPlan" in applied) throw new Error("the registry has changed meanwhile");
  return applied;
}

/** The problem codes of each row. */
export function codesOf({ rows }: { rows: PlannedImportRow[] }): string[][] {
  return rows.map((row) => row.problems.map((problem) => problem.code));
}
