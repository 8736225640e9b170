import type { Viewer } from "../viewer/viewer.ts";
import { filePage } from "./archive-page.ts";
import type { AskedFile } from "./asked-file.ts";
import type { FieldProblems } from "./destination.ts";
import type { ErrorsAround } from "./find-line.ts";
import { posSpanWithDay } from "./pos-time.ts";
import type { PreparedLog } from "./prepared-log.ts";
import type { Rows } from "./read-rows.ts";
import type { PageWindow } from "./row-window.ts";
import { shownDays } from "./shown-days.ts";
import { shownFold } from "./shown-folds.ts";
import { shownLine } from "./shown-lines.ts";
import { stripModel } from "./strip-model.ts";
import { toolsModel } from "./tools-model.ts";
import { moreUrl, textUrl, type ViewQuery } from "./view-query.ts";
import type { Row } from "./walk-rows.ts";

/** How many lines match, as far as they were counted; null = nothing is looked for. */
export interface ShownMatches {
  total: number;
  /** There are more. */
  isCut: boolean;
  /** Which of them the page's line is; null = it is none, or nobody knows. */
  place: number | null;
  /** By the first line of a fold: how many of them are in it. */
  inFolds: ReadonlyMap<number, number | null>;
}

export interface ShownRows {
  viewer: Viewer;
  /** Of the file's page. */
  path: string;
  log: PreparedLog;
  query: ViewQuery;
  window: Pick<PageWindow, "current" | "side">;
  rows: Rows;
  matches: ShownMatches | null;
  /** Of what is shown above the rows, see `EntryHead`; null = nothing is. */
  timeBefore: number | null;
}

export interface ShownLog extends ShownRows {
  errors: ErrorsAround;
  /** Of the page's line, see `EntryHead`. */
  time: number | null;
  problems: FieldProblems;
}

/** What the template of the rows shows. */
export function rowsModel({ viewer, path, log, query, window, rows, matches, timeBefore }: ShownRows) {
  const { side, current } = window;
  const { open } = query;
  const lines = {
    path,
    mode: query,
    whole: query.whole,
    current: side === null ? current : null,
    hasColumns: hasColumns(log),
  };
  const days = shownDays(rows.rows, timeBefore);
  const anchorAt = side === null && current !== null ? anchorIndex(rows.rows, current) : -1;
  const asShown = (row: Row, index: number) => ({
    // Where the page begins to be read, when its line is not shown itself.
    anchor: index === anchorAt ? current : null,
    day: days[index] ?? null,
    line: row.kind === "line" ? shownLine(row.line, lines, viewer) : null,
    fold:
      row.kind === "line"
        ? null
        : shownFold(
            row.fold,
            {
              path,
              mode: query,
              isOpen: row.kind === "opened",
              matches: matches?.inFolds.get(row.fold.firstLine) ?? null,
            },
            viewer,
          ),
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

/** What the page of a file shows. */
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

/** What has no times, such as what could not be read, is shown as it is. */
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
