import { LEVELS } from "../../protocol/log-head.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { filePage } from "./archive-page.ts";
import type { AskedFile } from "./asked-file.ts";
import type { FieldProblems } from "./destination.ts";
import type { ErrorsAround } from "./find-line.ts";
import type { ShownMatches } from "./find-text.ts";
import type { FoldRow, Row } from "./fold-lines.ts";
import { lineColumns } from "./line-columns.ts";
import { posDate, posDayStart, posSpan, posSpanWithDay } from "./pos-time.ts";
import type { PreparedLine, PreparedLog } from "./prepared-log.ts";
import type { PageWindow, Rows } from "./read-rows.ts";
import { type StripStep, timeStrip } from "./time-strip.ts";
import { toolsModel } from "./tools-model.ts";
import { lineUrl, moreUrl, type ViewQuery } from "./view-query.ts";

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
  errors: ErrorsAround;
  /** The time of the page's line, see `EntryHead`. */
  time: number | null;
  problems: FieldProblems;
}

export function rowsModel(shown: ShownRows) {
  const { path, query, window, rows, timeBefore } = shown;
  const { side, current } = window;
  const lines = rows.rows.flatMap(linesOf);
  const days = shownDays(lines, timeBefore);
  // Where reading begins, if the page's line is not shown.
  const isAnchored = side === null && current !== null && !lines.some(({ number }) => number === current);
  const anchored = isAnchored ? lines.find(({ number }) => number > current) : undefined;
  const anchorOf = (row: Row) => (anchored && linesOf(row).includes(anchored) ? current : null);
  const shownRow = (row: Row) => ({
    anchor: anchorOf(row),
    day: days.get(row.kind === "line" ? row.line : row.lines[0]) ?? null,
    line: row.kind === "line" ? shownLine(row.line, shown) : null,
    fold: row.kind === "line" ? null : shownFold(row, shown, days),
  });
  return {
    rows: rows.rows.map(shownRow),
    beforeUrl:
      side !== "after" && rows.before !== null ? moreUrl(path, "before", rows.before + 1, query) : null,
    afterUrl: side !== "before" && rows.after !== null ? moreUrl(path, "after", rows.after - 1, query) : null,
    isEnd: rows.after === null && side !== "before",
  };
}

function linesOf(row: Row): PreparedLine[] {
  return row.kind === "line" ? [row.line] : row.lines;
}

export function logModel(file: AskedFile, shown: ShownLog) {
  const { viewer, query, window } = shown;
  return {
    ...filePage(viewer, file),
    ...rowsModel(shown),
    title: file.name,
    subtitle: subtitle(viewer, shown.log, file.source.bytes),
    isEmpty: shown.log.summary.lines === 0,
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
 * The dates of lines whose day differs from the day above them.
 * @param timeBefore of the line above; null = there is none.
 */
export function shownDays(
  lines: readonly PreparedLine[],
  timeBefore: number | null,
): Map<PreparedLine, string> {
  const days = new Map<PreparedLine, string>();
  let day = timeBefore === null ? null : posDayStart(timeBefore);
  for (const line of lines) {
    if (line.time === null || posDayStart(line.time) === day) continue;
    day = posDayStart(line.time);
    days.set(line, posDate(line.time));
  }
  return days;
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

function shownFold({ lines, entries }: FoldRow, shown: ShownRows, days: ReadonlyMap<PreparedLine, string>) {
  const { t, format } = shown.viewer;
  const { query, window } = shown;
  const [first, ...others] = lines;
  const times = lines.flatMap(({ time }) => time ?? []);
  const [from, to] = [times[0], times.at(-1)];
  const more = t("logViewer.fold.more", { count: entries, entries: format.number(entries) });
  const matches = lines.filter(({ text }) => text.toLowerCase().includes(query.text.toLowerCase())).length;
  return {
    isOpen: window.side === null && lines.some(({ number }) => number === window.current),
    text: from === undefined || to === undefined ? more : `${more} · ${posSpan(from, to)}`,
    title: t("logViewer.fold.lines", {
      from: format.number(first.number),
      to: format.number(lines.at(-1)?.number ?? first.number),
    }),
    matches:
      query.text.trim() === "" || matches === 0
        ? null
        : t("logViewer.fold.matches", { count: matches, matches: format.number(matches) }),
    level: LEVELS[Math.max(...lines.map(({ level }) => LEVELS.indexOf(level)))] ?? "none",
    rows: [
      { day: null, line: shownLine(first, shown) },
      ...others.map((line) => ({ day: days.get(line) ?? null, line: shownLine(line, shown) })),
    ],
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
