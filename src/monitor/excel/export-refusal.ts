export const MAX_ROWS = 100_000;

export type ExportRefusal = "too_many_rows" | "too_much_text";

/** It would be larger than a file may be, or than its memory allows. */
export class ExportTooLargeError extends Error {
  readonly refusal: ExportRefusal;

  constructor(refusal: ExportRefusal) {
    super(`a file has ${refusal.replaceAll("_", " ")}`);
    this.name = "ExportTooLargeError";
    this.refusal = refusal;
  }
}
