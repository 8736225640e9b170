import { type Change, filterUrl, type PosServerFilter, withNothingBut } from "../filter/filter.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Listing } from "./listing.ts";

/** The icon of a browser tab has room for no more. */
export const MOST_IN_ICON = 99;

/** The problems among all that the viewer may see, and what changed within the last hour. */
export function headlineModel(
  viewer: Viewer,
  { summary, widestCause }: Pick<Listing, "summary" | "widestCause">,
) {
  const { problems, posServers, closed, pending, newProblems, recovered, guessed } = summary;
  const { t, format } = viewer;
  const title = t("posServers.title");
  const isUnknown = pending > 0 && pending === posServers;
  return {
    isUnknown,
    problems: posServers + closed === 0 ? title : problemsInWords(),
    of:
      posServers === 0
        ? null
        : problems === 0
          ? t("posServers.found", { count: posServers })
          : t("posServers.headline.of", { total: format.number(posServers) }),
    changes: [
      commonCause(),
      link("new", newProblems, { change: "new" }),
      link("recovered", recovered, { change: "recovered" }),
      link("pending", isUnknown || problems > 0 ? 0 : pending, { state: "pending" }),
      link("closed", closed, { state: "closed" }),
      link("guessed", guessed, { isByGuess: true }),
    ].filter((change) => change !== null),
    title: `${isUnknown ? "(?) " : problems > 0 ? `(${problems}) ` : ""}${title} · ${t("navigation.administration")}`,
    icon: `/pos-servers/icon.svg?problems=${isUnknown ? "unknown" : Math.min(problems, MOST_IN_ICON + 1)}`,
  };

  function problemsInWords(): string {
    if (isUnknown) return t("posServers.headline.unknown");
    return problems === 0
      ? t("posServers.headline.none")
      : t("posServers.headline.problems", { count: problems });
  }

  function commonCause() {
    if (widestCause === null) return null;
    const { hash, posServers: count } = widestCause;
    const url = `${filterUrl(withNothingBut({ openCause: hash }))}#cause-${hash}`;
    return {
      kind: "cause",
      url,
      text: t("posServers.headline.cause", { count, shown: format.number(count) }),
    };
  }

  function link(
    kind: Change | "pending" | "closed" | "guessed",
    count: number,
    asked: Partial<PosServerFilter>,
  ) {
    const text = t(`posServers.headline.${kind}`, { count });
    return count === 0 ? null : { kind, url: filterUrl(withNothingBut(asked)), text };
  }
}
