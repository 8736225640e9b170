import type { Viewer } from "../viewer/viewer.ts";
import { filePage } from "./archive-page.ts";
import type { AskedFile } from "./asked-file.ts";
import type { ShownMatches } from "./count-matches.ts";
import type { FieldProblems } from "./destination.ts";
import type { OtherErrorsAround } from "./find-line.ts";
import { lineColumns } from "./line-columns.ts";
import { posDate, posDayStart, posSpan, posSpanWithDay } from "./pos-time.ts";
import type { PreparedLine, PreparedLog } from "./prepared-log.ts";
import type { PageWindow, Rows } from "./read-rows.ts";
import { type StripStep, timeStrip } from "./time-strip.ts";
import { toolsModel } from "./tools-model.ts";
import { foldUrl, lineUrl, moreUrl, textUrl, type ViewQuery } from "./view-query.ts";
import type { Row } from "./walk-rows.ts";

const MAX_SHOWN_CHARACTERS = 2_000;
const BAR_PX = 24;

interface ShownRows {
  viewer: Viewer;
  /** Of the file's page. */
  path: string;
  log: PreparedLog;
  query: ViewQuery;
  window: Pick<PageWindow, "current" | "side">;
  rows: Rows;
  matches: ShownMatches | null;
  /** The time of what is above the rows, see `EntryHead`; null = nothing is. */
  timeBefore: number | null;
}

export interface ShownLog extends ShownRows {
  errors: OtherErrorsAround;
  /** The time of the page's line, see `EntryHead`. */
  time: number | null;
  problems: FieldProblems;
}

export function rowsModel(shown: ShownRows) {
  const { path, query, window, rows, timeBefore } = shown;
  const { side, current } = window;
  const { open } = query;
  const days = shownDays(rows.rows, timeBefore);
  const anchorAt = side === null && current !== null ? anchorIndex(rows.rows, current) : -1;
  const asShown = (row: Row, index: number) => ({
    // Where reading begins, if the page's line has no row of its own.
    anchor: index === anchorAt ? current : null,
    day: days[index] ?? null,
    line: row.kind === "line" ? shownLine(row.line, shown) : null,
    fold: row.kind === "line" ? null : shownFold(row, shown),
  });
  return {
    rows: rows.rows.map(asShown),
    beforeUrl:
      side !== "after" && rows.before !== null ? moreUrl(path, "before", rows.before + 1, query, open) : null,
    afterUrl:
      side !== "before" && rows.after !== null ? moreUrl(path, "after", rows.after - 1, query, open) : null,
    restUrl: null as string | null,
    isEnd: rows.after === null && side !== "before",
  };
}

/** The row that holds a line, or the first one after it; -1 when the line is a row itself. */
function anchorIndex(rows: readonly Row[], line: number): number {
  if (rows.some((row) => row.kind === "line" && row.line.number === line)) return -1;
  return rows.findIndex((row) => (row.kind === "line" ? row.line.number : row.fold.lastLine) >= line);
}

export function logModel(file: AskedFile, shown: ShownLog) {
  const { viewer, query, window } = shown;
  return {
    ...filePage(viewer, file),
    ...rowsModel(shown),
    title: file.name,
    subtitle: subtitle(viewer, shown.log, file.source.bytes),
    isEmpty: shown.log.summary.lines === 0,
    textUrl: textUrl(shown.path),
    hasColumns: hasColumns(shown.log),
    current: window.current,
    tools: toolsModel(shown),
    strip: stripModel(shown),
    searched: query.searched && viewer.t(`logViewer.find.${query.searched}`),
  };
}

/** Without times, as in a file that is no log, lines are shown as they are. */
function hasColumns({ summary }: PreparedLog): boolean {
  return summary.firstTime !== null;
}

function subtitle({ t, format }: Viewer, { summary }: PreparedLog, bytes: number): string {
  const { lines: count, firstTime, lastTime } = summary;
  return [
    t("logViewer.lines", { count, lines: format.number(count) }),
    format.bytes(bytes),
    ...(firstTime !== null && lastTime !== null
      ? [t("logViewer.posClock", { span: posSpanWithDay(firstTime, lastTime) })]
      : []),
    t("logViewer.masked"),
  ].join(" · ");
}

/**
 * For each row the date if its day differs from the row above, else null.
 * @param timeBefore of what is above; null = nothing is.
 */
export function shownDays(rows: readonly Row[], timeBefore: number | null): (string | null)[] {
  let day = timeBefore === null ? null : posDayStart(timeBefore);
  return rows.map((row) => {
    const begins = row.kind === "line" ? row.line.time : row.fold.firstTime;
    // The lines of an open fold follow it.
    const ends = row.kind === "fold" ? row.fold.lastTime : begins;
    const isNew = begins !== null && posDayStart(begins) !== day;
    if (ends !== null) day = posDayStart(ends);
    return isNew ? posDate(begins) : null;
  });
}

function shownLine(line: PreparedLine, { viewer, path, log, query, window }: ShownRows) {
  const { t, format } = viewer;
  const isCurrent = window.side === null && line.number === window.current;
  // A match may stand far to the right.
  const isWhole = line.number === query.whole || (isCurrent && query.text !== "");
  const isTooLong = !isWhole && line.text.length > MAX_SHOWN_CHARACTERS;
  const text = isTooLong ? cutText(line.text) : line.text;
  return {
    number: line.number,
    level: line.level,
    isHead: line.isHead,
    url: lineUrl(path, line.number, query),
    label: t("logViewer.lineNumber", { number: String(line.number) }),
    isCurrent,
    isBlank: line.text === "",
    columns: lineColumns(text, query.text, hasColumns(log) && line.isHead, t),
    /** Where it is shown in full; null = it is. */
    wholeUrl: isTooLong ? lineUrl(path, line.number, query, { whole: true }) : null,
    /** How much of it is only in the archive; null = nothing. */
    cut:
      line.cutBytes > 0 && !isTooLong ? t("logViewer.cutLine", { size: format.bytes(line.cutBytes) }) : null,
  };
}

/** Cuts no character in half. */
function cutText(text: string): string {
  return text.slice(0, MAX_SHOWN_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
}

function shownFold(
  { kind, fold }: Exclude<Row, { kind: "line" }>,
  { viewer: { t, format }, path, query, matches: found }: ShownRows,
) {
  const { firstLine: from, lastLine: to, repeats: count, firstTime, lastTime, level, isExchanges } = fold;
  const isOpen = kind === "opened";
  const matches = found?.inFolds.get(from) ?? null;
  const key = isOpen ? "opened" : isExchanges ? "exchanges" : "more";
  const words = t(`logViewer.fold.${key}`, { count, repeats: format.number(count) });
  const span = firstTime !== null && lastTime !== null ? ` · ${posSpan(firstTime, lastTime)}` : "";
  return {
    /** The page on which it is open, or closed again. */
    url: lineUrl(path, isOpen ? Math.max(from - 1, 1) : from, query),
    /** Its lines, to replace it; null = it is open. */
    partUrl: isOpen ? null : foldUrl(path, from, query),
    text: `${words}${span}`,
    title: t("logViewer.fold.lines", { from: format.number(from), to: format.number(to) }),
    matches: matches
      ? t("logViewer.fold.matches", { count: matches, matches: format.number(matches) })
      : null,
    level,
    from,
    to,
  };
}

function stripModel({ viewer, path, log, query, time }: ShownLog) {
  const strip = timeStrip(log.summary, time);
  if (!strip) return null;
  const link = (step: StripStep) => ({
    url: step.line === null ? null : lineUrl(path, step.line, query),
    title: stepInWords(viewer, step),
  });
  return {
    parts: strip.parts.map((part) => ({ ...link(part), label: part.label, steps: part.steps.map(link) })),
    written: strip.written,
    errors: strip.errors.map(({ x, width, height }) => {
      const px = Math.round(height * BAR_PX);
      return { x, width, y: BAR_PX - px, height: px };
    }),
    barPx: BAR_PX,
    here: strip.here,
  };
}

function stepInWords({ t, format }: Viewer, { span, errors, entries }: StripStep): string {
  if (entries === 0) return t("logViewer.strip.nothing", { span });
  return t(errors > 0 ? "logViewer.strip.errors" : "logViewer.strip.noErrors", {
    span,
    count: errors,
    errors: format.number(errors),
  });
}
