import type { Viewer } from "../viewer/viewer.ts";
import type { FieldProblems } from "./destination.ts";
import type { ErrorsAround } from "./find-line.ts";
import type { LogLine, PreparedLog } from "./prepared-log.ts";
import { shownLines } from "./shown-lines.ts";
import { lineUrl, moreUrl, type ViewQuery } from "./view-query.ts";

/** How many lines are shown at once, and how many of them before the one that they are about. */
export const WINDOW_LINES = 500;
const LINES_BEFORE = 200;

export interface LineWindow {
  from: number;
  to: number;
  /** The line that the page is about; null = the log is empty. */
  current: number | null;
}

export interface ShownLog {
  viewer: Viewer;
  /** Of the file's page. */
  path: string;
  log: PreparedLog;
  query: ViewQuery;
  window: LineWindow;
  lines: readonly LogLine[];
  errors: ErrorsAround;
  problems: FieldProblems;
}

/** Which lines are shown: those around a line, or before or after one. */
export function lineWindow({ before, after, line }: ViewQuery, lineCount: number): LineWindow {
  const clamp = (number: number) => Math.max(1, Math.min(number, lineCount));
  if (lineCount === 0) return { from: 1, to: 0, current: null };
  if (before !== null && before > 1) {
    const to = clamp(before - 1);
    return { from: clamp(to - WINDOW_LINES + 1), to, current: to };
  }
  if (after !== null && after < lineCount) {
    return { from: after + 1, to: clamp(after + WINDOW_LINES), current: after + 1 };
  }
  const current = clamp(line ?? lineCount);
  const from = clamp(Math.min(current - LINES_BEFORE, lineCount - WINDOW_LINES + 1));
  return { from, to: clamp(from + WINDOW_LINES - 1), current };
}

/** What the template of the lines shows; `side`: only the lines that are added there. */
export function linesModel(
  { viewer, path, log, query, window, lines }: Omit<ShownLog, "errors" | "problems">,
  side: "before" | "after" | null,
) {
  const { from, to, current } = window;
  const { text, whole } = query;
  const isMarked = side === null && query.before === null && query.after === null;
  const shown = { path, text, whole, current: isMarked ? current : null };
  return {
    lines: shownLines(lines, shown, viewer.format),
    beforeUrl: side !== "after" && from > 1 ? moreUrl(path, "before", from, text) : null,
    afterUrl: side !== "before" && to < log.summary.lines ? moreUrl(path, "after", to, text) : null,
  };
}

/** What the page of a file shows. */
export function showModel(shown: ShownLog) {
  const { viewer, path, log, query, window, errors, problems } = shown;
  const { t, format } = viewer;
  const { summary } = log;
  const { text } = query;
  const toLine = (line: number | null) => line && lineUrl(path, line, { text });
  return {
    ...linesModel(shown, null),
    path,
    text,
    goTo: query.goTo ?? "",
    problems,
    searched: query.searched,
    current: window.current,
    counts: t("logViewer.lines", { count: summary.lines, lines: format.number(summary.lines) }),
    errorCount: summary.errors,
    errorPlace: errorPlace(viewer, errors.upTo, summary.errors),
    previousErrorUrl: toLine(errors.previous),
    nextErrorUrl: toLine(errors.next),
    startUrl: lineUrl(path, 1, { text }),
    endUrl: lineUrl(path, Math.max(summary.lines, 1), { text }),
  };
}

/** Before the first error it is only said how many there are. */
function errorPlace({ t, format }: Viewer, upTo: number, errors: number): string {
  if (errors === 0) return t("logViewer.noErrors");
  const all = format.number(errors);
  return upTo === 0
    ? t("logViewer.errorCount", { all })
    : t("logViewer.errorPlace", { place: format.number(upTo), all });
}
