import { freshnessTexts } from "./language.ts";
import type { Viewer } from "./viewer.ts";

const PAGE_ROWS = 100;

/** An invalid page number shows the first page, one too high the last. `pages`: null when one holds everything. */
export function paginate<Row>(
  found: readonly Row[],
  pageText: string,
  path: string,
  query: Record<string, string> = {},
) {
  const count = Math.max(Math.ceil(found.length / PAGE_ROWS), 1);
  const wanted = /^\d{1,6}$/.test(pageText) ? Number(pageText) : 1;
  const current = Math.min(Math.max(wanted, 1), count);
  const links = Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    url: pageUrl(path, { ...query, page: index > 0 ? String(index + 1) : "" }),
    isCurrent: index + 1 === current,
  }));
  return {
    rows: found.slice((current - 1) * PAGE_ROWS, current * PAGE_ROWS),
    pages: count > 1 ? links : null,
  };
}

/** Without what is empty in the query. */
export function pageUrl(path: string, query: Record<string, string>): string {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  return given.size > 0 ? `${path}?${given}` : path;
}

/** How fresh a page is that refreshes itself from `url`; `public/js/poswatch.js` goes on counting. */
export function freshnessModel(
  { t, format, language }: Viewer,
  { url, tag, now }: { url: string; tag: string; now: number },
) {
  return {
    url,
    tag,
    loadedAt: now,
    text: t("freshness.loadedAt", { time: format.clock(now, now) }),
    texts: freshnessTexts(language),
    ageWords: JSON.stringify(format.ageWords),
  };
}
