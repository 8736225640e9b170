import type { Viewer } from "../viewer/viewer.ts";
import type { Fold } from "./find-runs.ts";
import { posSpan } from "./pos-time.ts";
import { foldUrl, lineUrl, type ViewMode } from "./view-query.ts";

export interface ShownFold {
  /** Where it is open, or closed again. */
  url: string;
  /** The lines themselves, to be put in its place; null = it is open. */
  partUrl: string | null;
  text: string;
  /** Which lines it holds. */
  title: string;
  /** How many of them match; null = none, or nobody knows. */
  matches: string | null;
  level: string;
  from: number;
  to: number;
}

/** Prepares a fold for the template; `matches`: how many of its lines match, null = nobody knows. */
export function shownFold(
  fold: Fold,
  { path, mode, isOpen, matches }: { path: string; mode: ViewMode; isOpen: boolean; matches: number | null },
  { t, format }: Viewer,
): ShownFold {
  const { firstLine: from, lastLine: to, repeats: count, firstTime, lastTime, level, isExchanges } = fold;
  const key = isOpen ? "opened" : isExchanges ? "exchanges" : "more";
  const words = t(`logViewer.fold.${key}`, { count, repeats: format.number(count) });
  const span = firstTime !== null && lastTime !== null ? ` · ${posSpan(firstTime, lastTime)}` : "";
  return {
    url: lineUrl(path, isOpen ? Math.max(from - 1, 1) : from, mode),
    partUrl: isOpen ? null : foldUrl(path, from, mode),
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
