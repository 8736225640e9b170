import { textsAsJson } from "./language.ts";
import type { Viewer } from "./viewer.ts";

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
    texts: textsAsJson(language, "freshness"),
    ageWords: JSON.stringify(format.ageWords),
  };
}
