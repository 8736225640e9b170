/** A longer file helps nobody. */
export const MAX_ROWS = 100_000;

export type ExportRefusal = "too_many_rows" | "too_much_text";

/** A file would be larger than it may be, or than the memory for it allows. */
export class ExportTooLargeError extends Error {
  readonly refusal: ExportRefusal;

  constructor(refusal: ExportRefusal) {
    super(`a file has ${refusal.replaceAll("_", " ")}`);
    this.name = "ExportTooLargeError";
    this.refusal = refusal;
  }
}
