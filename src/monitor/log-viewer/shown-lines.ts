import type { Viewer } from "../viewer/viewer.ts";
import type { PreparedLine } from "./prepared-log.ts";
import { lineUrl, type ViewMode } from "./view-query.ts";

const MAX_SHOWN_CHARACTERS = 2_000;
/** What means something in a regular expression. */
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

export interface LinesToShow {
  /** Of the file's page. */
  path: string;
  mode: ViewMode;
  /** The line that the page is about. */
  current: number | null;
  /** A line to show in full. */
  whole: number | null;
}

export interface ShownLine {
  number: number;
  url: string;
  label: string;
  level: string;
  isHead: boolean;
  isCurrent: boolean;
  parts: { text: string; isMatch: boolean }[];
  /** Where it is shown in full; null = it is. */
  wholeUrl: string | null;
  /** Says how much of it is only in the archive; null = nothing. */
  cut: string | null;
}

/** Prepares a line for the template: matches apart, a long one cut. */
export function shownLine(
  line: PreparedLine,
  { path, mode, current, whole }: LinesToShow,
  { t, format }: Viewer,
): ShownLine {
  const { text } = mode;
  const isCurrent = line.number === current;
  // What was looked for may stand far to the right.
  const isWhole = line.number === whole || (isCurrent && text !== "");
  const isTooLong = !isWhole && line.text.length > MAX_SHOWN_CHARACTERS;
  return {
    number: line.number,
    url: lineUrl(path, line.number, mode),
    label: t("logViewer.lineNumber", { number: String(line.number) }),
    level: line.level,
    isHead: line.isHead,
    isCurrent,
    parts: splitAtMatches(isTooLong ? cutText(line.text) : line.text, text),
    wholeUrl: isTooLong ? lineUrl(path, line.number, mode, { whole: true }) : null,
    cut:
      line.cutBytes > 0 && !isTooLong ? t("logViewer.cutLine", { size: format.bytes(line.cutBytes) }) : null,
  };
}

/** Without half a character at its end. */
function cutText(text: string): string {
  return text.slice(0, MAX_SHOWN_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
}

function splitAtMatches(text: string, wanted: string): ShownLine["parts"] {
  if (wanted === "") return [{ text, isMatch: false }];
  const pattern = new RegExp(`(${wanted.replace(SYNTAX, "\\$&")})`, "giu");
  return text
    .split(pattern)
    .map((part, index) => ({ text: part, isMatch: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}
