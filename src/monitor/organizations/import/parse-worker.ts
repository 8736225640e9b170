import { answerParent } from "../../../protocol/answer-parent.ts";
import { WorkbookError } from "../../excel/read-first-sheet.ts";
import { ImportFileError, type ImportFileProblem } from "./import-file-error.ts";
import { type FileKind, type ReadRows, readRows } from "./read-rows.ts";

export interface ParseTask {
  bytes: Uint8Array;
  kind: FileKind;
}

export type ParseAnswer = ReadRows | { problem: ImportFileProblem };

answerParent(parse);

async function parse({ bytes, kind }: ParseTask): Promise<ParseAnswer> {
  try {
    return await readRows(bytes, kind);
  } catch (error) {
    if (error instanceof ImportFileError) return { problem: error.problem };
    if (error instanceof WorkbookError) return { problem: { code: error.problem, values: {} } };
    throw error;
  }
}
