import type { Viewer } from "../viewer/viewer.ts";
import { type Change, filterUrl, withNothingBut } from "./filter.ts";
import type { Listing } from "./listing.ts";

/** The icon of a browser tab shows no more than so many. */
export const MOST_IN_ICON = 99;

/** What is wrong with everything that the viewer may see, and what changed within the last hour. */
export function headlineModel(
  viewer: Viewer,
  { summary, widestCause }: Pick<Listing, "summary" | "widestCause">,
) {
  const { problems, posServers, closed, newProblems, recovered } = summary;
  const { t, format } = viewer;
  const title = t("posServers.title");
  return {
    problems: posServers + closed === 0 ? title : problemsInWords(),
    of:
      posServers === 0
        ? null
        : problems === 0
          ? t("posServers.found", { count: posServers })
          : t("posServers.headline.of", { total: format.number(posServers) }),
    changes: [
      ...commonCause(),
      ...change("new", newProblems),
      ...change("recovered", recovered),
      ...closedNow(),
    ],
    title: `${problems > 0 ? `(${problems}) ` : ""}${title}`,
    icon: `/pos-servers/icon.svg?problems=${Math.min(problems, MOST_IN_ICON + 1)}`,
  };

  function problemsInWords(): string {
    return problems === 0
      ? t("posServers.headline.none")
      : t("posServers.headline.problems", { count: problems });
  }

  function commonCause() {
    if (widestCause === null) return [];
    const { hash, posServers: count } = widestCause;
    const url = `${filterUrl(withNothingBut({ openCause: hash }))}#cause-${hash}`;
    return [
      { kind: "cause", url, text: t("posServers.headline.cause", { count, shown: format.number(count) }) },
    ];
  }

  function closedNow() {
    if (closed === 0) return [];
    const url = filterUrl(withNothingBut({ state: "closed" }));
    return [{ kind: "closed", url, text: t("posServers.headline.closed", { count: closed }) }];
  }

  function change(kind: Change, count: number) {
    if (count === 0) return [];
    const url = filterUrl(withNothingBut({ change: kind }));
    return [{ kind, url, text: t(`posServers.headline.${kind}`, { count }) }];
  }
}
