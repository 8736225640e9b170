/**
 * `old_workbook` = .xls; `inflates_too_large` = more than the allowed bytes come out of the zip that a workbook is;
 * `not_a_workbook` = anything else that cannot be read as .xlsx.
 */
export type WorkbookProblem = "encrypted_workbook" | "old_workbook" | "inflates_too_large" | "not_a_workbook";

/** A file that is not read as a workbook, and why. */
export class WorkbookError extends Error {
  readonly problem: WorkbookProblem;

  constructor(problem: WorkbookProblem, options?: ErrorOptions) {
    super(`the workbook is refused: ${problem}`, options);
    this.name = "WorkbookError";
    this.problem = problem;
  }
}
