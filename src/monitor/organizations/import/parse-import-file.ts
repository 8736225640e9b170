import { runInWorker, WorkerLimitError } from "../../../protocol/run-in-worker.ts";
import { createPlaces } from "../../workers/places.ts";
import { ImportFileError, MAX_FILE_BYTES } from "./import-file-error.ts";
import type { ParseAnswer, ParseTask } from "./parse-worker.ts";
import type { FileKind, RawRow } from "./read-rows.ts";

const WORKER_FILE = new URL("./parse-worker.ts", import.meta.url);

const PARSE_TIMEOUT_MS = 20_000;
/** Needed for 100 MB of XML; limits a hostile file. */
const PARSE_HEAP_MEGABYTES = 512;
/** Each may take PARSE_HEAP_MEGABYTES, so one upload waits for the other. */
export const IN_TURN = {
  places: createPlaces({ atOnce: 1, maxWaitingEach: 2, maxWaiting: 20 }),
  busyWith: "imports",
} as const;

export interface ParsedImport {
  fileName: string;
  /** They contain pairing strings and tokens, so only the plan is shown. */
  rows: Concealed<RawRow[]>;
  /** The headings of columns that are not read. */
  unreadColumns: string[];
}

interface ParseOptions {
  timeoutMs?: number;
  maxHeapMegabytes?: number;
}

/** An .xlsx or .csv file, in a worker of bounded time and memory. Call it in turn. @throws ImportFileError */
export async function parseImportFile(
  bytes: Uint8Array,
  fileName: string,
  { timeoutMs = PARSE_TIMEOUT_MS, maxHeapMegabytes = PARSE_HEAP_MEGABYTES }: ParseOptions = {},
): Promise<ParsedImport> {
  if (bytes.length > MAX_FILE_BYTES)
    throw new ImportFileError("file_too_large", { maxBytes: MAX_FILE_BYTES });
  if (bytes.length === 0) throw new ImportFileError("empty_file");
  const task: ParseTask = { bytes, kind: kindOf(fileName) };
  const answer = await parse(task, { timeoutMs, maxHeapMegabytes });
  if ("problem" in answer) throw new ImportFileError(answer.problem.code, answer.problem.values);
  return { fileName, rows: new Concealed(answer.rows), unreadColumns: answer.unreadColumns };
}

function kindOf(fileName: string): FileKind {
  const name = fileName.toLowerCase();
  if (name.endsWith(".xlsx")) return "xlsx";
  if (name.endsWith(".csv")) return "csv";
  throw new ImportFileError(name.endsWith(".xls") ? "old_workbook" : "unknown_type");
}

async function parse(task: ParseTask, limits: Required<ParseOptions>): Promise<ParseAnswer> {
  try {
    return await runInWorker<ParseAnswer>(WORKER_FILE, task, limits);
  } catch (error) {
    if (error instanceof WorkerLimitError) throw new ImportFileError("too_complex", {}, { cause: error });
    throw error;
  }
}

/** Keeps a secret value out of pages, logs and messages when an object that contains it is printed or serialized. */
export class Concealed<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  reveal(): Value {
    return this.#value;
  }
}
