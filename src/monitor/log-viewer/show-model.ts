import type { Viewer } from "../viewer/viewer.ts";
import { filePage, type NamedFile } from "./archive-page.ts";
import type { FieldProblems } from "./destination.ts";
import type { ErrorsAround } from "./find-line.ts";
import type { PreparedLine, PreparedLog } from "./prepared-log.ts";
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

/** A link to a line; without an address it leads nowhere now. */
export interface Jump {
  url: string | null;
  label: string;
  sign: string;
  /** That does the same. */
  key: string | null;
  title: string;
}

export interface ShownLog {
  viewer: Viewer;
  /** Of the file's page. */
  path: string;
  log: PreparedLog;
  query: ViewQuery;
  window: LineWindow;
  lines: readonly PreparedLine[];
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
    lines: shownLines(lines, shown, viewer),
    beforeUrl: side !== "after" && from > 1 ? moreUrl(path, "before", from, text) : null,
    afterUrl: side !== "before" && to < log.summary.lines ? moreUrl(path, "after", to, text) : null,
  };
}

/** What the page of a file shows. */
export function logModel(file: NamedFile, shown: ShownLog) {
  const { viewer, log, query, window, problems } = shown;
  const { t, format } = viewer;
  const { lines: count } = log.summary;
  const page = filePage(viewer, file);
  const counts = t("logViewer.lines", { count, lines: format.number(count) });
  return {
    ...page,
    ...linesModel(shown, null),
    title: file.name,
    subtitle: `${page.subtitle} · ${counts}`,
    current: window.current,
    jumps: jumps(shown),
    find: field(viewer, "text", query.text, problems.text),
    goTo: field(viewer, "goTo", query.goTo ?? "", problems.goTo),
    searched: query.searched && t(`logViewer.find.${query.searched}`),
  };
}

function jumps({ viewer, path, log, query, errors }: ShownLog) {
  const { lines, errors: errorCount } = log.summary;
  const { text } = query;
  const jump = (name: string, sign: string, line: number | null, key: string | null = null): Jump => {
    const label = viewer.t(`logViewer.${name}`);
    const url = line === null ? null : lineUrl(path, line, { text });
    return { url, label, sign, key, title: key ? `${label} (${key})` : label };
  };
  return {
    previousError: jump("previousError", "↑", errors.previous, "Shift+F8"),
    nextError: jump("nextError", "↓", errors.next, "F8"),
    ends: [jump("start", "⤒", 1), jump("end", "⤓", Math.max(lines, 1))],
    errorPlace: errorPlace(viewer, errors.upTo, errorCount),
    hasErrors: errorCount > 0,
  };
}

/** A field with what is wrong with it. That nothing was found is said, but is no mistake. */
function field({ t }: Viewer, name: keyof FieldProblems, value: string, problem: string | undefined) {
  return {
    value,
    problem: problem === undefined ? null : t(`logViewer.problem.${problem}`),
    isInvalid: problem !== undefined && problem !== "nothing",
    describedBy: problem === undefined ? `hint-${name}` : `hint-${name} problem-${name}`,
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
