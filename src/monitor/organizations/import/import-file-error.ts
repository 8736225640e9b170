import type { WorkbookProblem } from "../../excel/read-first-sheet.ts";

type ImportFileProblemCode =
  | WorkbookProblem
  | "empty_file"
  | "file_too_large"
  | "unknown_type"
  | "not_text"
  | "no_header_row"
  | "missing_columns"
  | "repeated_column"
  | "no_rows"
  | "too_many_rows"
  | "too_complex";

export interface ImportFileProblem {
  code: ImportFileProblemCode;
  /** `maxBytes`, `maxRows`, or `columns` (names of `ImportColumn`, with commas). */
  values: Record<string, string | number>;
}

export class ImportFileError extends Error {
  readonly problem: ImportFileProblem;

  constructor(code: ImportFileProblemCode, values: ImportFileProblem["values"] = {}, options?: ErrorOptions) {
    super(`the import file is refused: ${code}`, options);
    this.name = "ImportFileError";
    this.problem = { code, values };
  }
}
