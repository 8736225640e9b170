import type { Fold } from "./find-runs.ts";

/** What of a log is shown. */
export interface Shown {
  isFolded: boolean;
  onlyErrors: boolean;
  /** A line whose fold is open; null = none is. */
  open: number | null;
}

/** Whether a line is in a fold. */
export function isAround({ firstLine, lastLine }: Fold, line: number | null): boolean {
  return line !== null && firstLine <= line && line <= lastLine;
}
