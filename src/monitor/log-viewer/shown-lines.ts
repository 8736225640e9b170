import type { Viewer } from "../viewer/viewer.ts";
import { lineColumns } from "./line-columns.ts";
import type { PreparedLine } from "./prepared-log.ts";
import { lineUrl, type ViewMode } from "./view-query.ts";

const MAX_SHOWN_CHARACTERS = 2_000;

interface LinesToShow {
  /** Of the file's page. */
  path: string;
  mode: ViewMode;
  /** The line that the page is about. */
  current: number | null;
  /** A line to show in full. */
  whole: number | null;
  /** Times and levels stand in columns of their own. */
  hasColumns: boolean;
}

/** Prepares a line for the template: in columns, matches apart, a long one cut. */
export function shownLine(
  line: PreparedLine,
  { path, mode, current, whole, hasColumns }: LinesToShow,
  { t, format }: Viewer,
) {
  const { text } = mode;
  const isCurrent = line.number === current;
  // What was looked for may stand far to the right.
  const isWhole = line.number === whole || (isCurrent && text !== "");
  const isTooLong = !isWhole && line.text.length > MAX_SHOWN_CHARACTERS;
  return {
    number: line.number,
    level: line.level,
    isHead: line.isHead,
    url: lineUrl(path, line.number, mode),
    label: t("logViewer.lineNumber", { number: String(line.number) }),
    isCurrent,
    isBlank: line.text === "",
    columns: lineColumns(isTooLong ? cutText(line.text) : line.text, text, hasColumns && line.isHead, t),
    /** Where it is shown in full; null = it is. */
    wholeUrl: isTooLong ? lineUrl(path, line.number, mode, { whole: true }) : null,
    /** Says how much of it is only in the archive; null = nothing. */
    cut:
      line.cutBytes > 0 && !isTooLong ? t("logViewer.cutLine", { size: format.bytes(line.cutBytes) }) : null,
  };
}

/** Without half a character at its end. */
function cutText(text: string): string {
  return text.slice(0, MAX_SHOWN_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
}
