import texts from "../../translations/ru/organizations.json" with { type: "json" };

export const MAX_FILE_BYTES = 5 * 1024 * 1024;
export const MAX_INFLATED_BYTES = 100 * 1024 * 1024;
export const MAX_FILE_ROWS = 10_000;

export interface ImportFileProblem {
  code: keyof typeof texts.import.fileProblem;
  /** `maxBytes`, `maxRows`, `row` (from 1), or `columns` (names of `ImportColumn`, with commas). */
  values: Record<string, string | number>;
}

export class ImportFileError extends Error {
  readonly problem: ImportFileProblem;

  constructor(
    code: ImportFileProblem["code"],
    values: ImportFileProblem["values"] = {},
    options?: ErrorOptions,
  ) {
    super(`the import file is refused: ${code}`, options);
    this.name = "ImportFileError";
    this.problem = { code, values };
  }
}
