import { inflateRawSync } from "node:zlib";
import * as XLSX from "xlsx";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";

const ZIP_SIGNATURE = Buffer.from("PK", "latin1");
const COMPOUND_FILE_SIGNATURE = Buffer.from("d0cf11e0a1b11ae1", "hex");
/** In the compound file that an .xlsx with a password is. */
const ENCRYPTED_STREAM_NAME = Buffer.from("EncryptedPackage", "utf16le");
const WORKBOOK_PART = /^(\[Content_Types\]\.xml|_rels\/.+|xl\/.+\.(xml|rels))$/i;
const MAX_ENTRIES = 2_000;
const STORED = 0;
const DEFLATED = 8;
const GENERAL_FORMAT_EXPONENT = "E+";

/**
 * `old_workbook`: .xls. `inflates_too_large`: its zip holds more than the allowed bytes. `not_a_workbook`: anything else
 * that cannot be read as .xlsx.
 */
export type WorkbookProblem = "encrypted_workbook" | "old_workbook" | "inflates_too_large" | "not_a_workbook";

export class WorkbookError extends Error {
  readonly problem: WorkbookProblem;

  constructor(problem: WorkbookProblem, options?: ErrorOptions) {
    super(`the workbook is refused: ${problem}`, options);
    this.name = "WorkbookError";
    this.problem = problem;
  }
}

export interface TextRow {
  /** From 1, as spreadsheet programs count. */
  rowNumber: number;
  /** By column, from 0; empty cells may be missing. */
  texts: ReadonlyMap<number, string>;
}

/**
 * Reads the first sheet of an .xlsx as texts: numbers as shown, formulas by their saved value. Slow, and needs much
 * memory: call it in a worker.
 * @throws WorkbookError
 */
export async function readFirstSheet(
  bytes: Uint8Array,
  maxInflatedBytes: number,
): Promise<Generator<TextRow>> {
  return textRows(parseFirstSheet(packParts(await inflateWorkbook(bytes, maxInflatedBytes))));
}

/** Packs the counted parts anew, so that the parser finds no other entries in the zip. */
function packParts(parts: Map<string, Buffer>): Uint8Array {
  const container = XLSX.CFB.utils.cfb_new();
  for (const [name, part] of parts) XLSX.CFB.utils.cfb_add(container, name, part, { unsafe: true });
  return XLSX.CFB.write(container, { fileType: "zip", type: "buffer" });
}

function parseFirstSheet(file: Uint8Array): XLSX.CellObject[][] {
  try {
    const options = { dense: true, type: "buffer", sheets: 0, cellFormula: false, cellHTML: false } as const;
    const workbook = XLSX.read(file, options);
    const sheet = workbook.Sheets[workbook.SheetNames[0] ?? ""];
    return sheet?.["!data"] ?? [];
  } catch (error) {
    throw new WorkbookError("not_a_workbook", { cause: error });
  }
}

/** Only keys that exist: a file may place a cell in row or column four billion. */
function* textRows(rows: XLSX.CellObject[][]): Generator<TextRow> {
  for (const [rowIndex, cells] of Object.entries(rows)) {
    const texts = new Map(Object.entries(cells).map(([index, cell]) => [Number(index), shownText(cell)]));
    yield { rowNumber: Number(rowIndex) + 1, texts };
  }
}

function shownText(cell: XLSX.CellObject): string {
  const shown = cell.w ?? String(cell.v ?? "");
  const isLongInteger = Number.isSafeInteger(cell.v) && shown.includes(GENERAL_FORMAT_EXPONENT);
  return isLongInteger ? String(cell.v) : shown;
}

/**
 * Inflates the parts of an .xlsx that cells need, by name. All parts count by the bytes that come out of them, dropped
 * ones too: the sizes in the zip are not believed.
 * @throws WorkbookError
 */
async function inflateWorkbook(bytes: Uint8Array, maxInflatedBytes: number): Promise<Map<string, Buffer>> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  refuseOtherKinds(file);
  try {
    return await inflateParts(file, await fromBufferPromise(file), maxInflatedBytes);
  } catch (error) {
    if (error instanceof WorkbookError) throw error;
    throw new WorkbookError("not_a_workbook", { cause: error });
  }
}

function refuseOtherKinds(file: Buffer): void {
  if (startsWith(file, ZIP_SIGNATURE)) return;
  if (!startsWith(file, COMPOUND_FILE_SIGNATURE)) throw new WorkbookError("not_a_workbook");
  throw new WorkbookError(file.includes(ENCRYPTED_STREAM_NAME) ? "encrypted_workbook" : "old_workbook");
}

function startsWith(file: Buffer, signature: Buffer): boolean {
  return file.subarray(0, signature.length).equals(signature);
}

async function inflateParts(file: Buffer, zip: ZipFile, maxBytes: number): Promise<Map<string, Buffer>> {
  if (zip.entryCount > MAX_ENTRIES) throw new WorkbookError("not_a_workbook");
  const parts = new Map<string, Buffer>();
  let remainingBytes = maxBytes;
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted()) throw new WorkbookError("encrypted_workbook");
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const part = inflate(
      entry,
      file.subarray(fileDataStart, fileDataStart + entry.compressedSize),
      remainingBytes,
    );
    remainingBytes -= part.length;
    if (WORKBOOK_PART.test(entry.fileName)) parts.set(entry.fileName, part);
  }
  return parts;
}

/** In one piece: a thousand parts would mean a thousand streams. */
function inflate({ compressionMethod }: Entry, compressed: Buffer, maxBytes: number): Buffer {
  if (compressionMethod === STORED) {
    if (compressed.length > maxBytes) throw new WorkbookError("inflates_too_large");
    return compressed;
  }
  if (compressionMethod !== DEFLATED) throw new WorkbookError("not_a_workbook");
  try {
    return inflateRawSync(compressed, { maxOutputLength: Math.max(maxBytes, 1) });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    throw new WorkbookError(isTooLarge ? "inflates_too_large" : "not_a_workbook", { cause: error });
  }
}
