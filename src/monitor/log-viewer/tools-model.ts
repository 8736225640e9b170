import type { Viewer } from "../viewer/viewer.ts";
import type { FieldProblems } from "./destination.ts";
import type { ShownMatches } from "./find-text.ts";
import type { ShownLog } from "./show-model.ts";
import { lineUrl, modeFields, type ViewMode } from "./view-query.ts";

export function toolsModel(shown: ShownLog) {
  const { viewer, log, query, matches, errors, problems } = shown;
  const { lines, errors: errorCount } = log.summary;
  return {
    find: {
      ...field(viewer, "text", query.text, problems.text),
      matches: matches && matches.total > 0 ? matchesInWords(viewer, matches) : null,
      fields: [["was", query.text], ...modeFields(query)],
    },
    goTo: {
      ...field(viewer, "goTo", query.goTo ?? "", problems.goTo),
      fields: [...(query.text ? [["q", query.text]] : []), ...modeFields(query)],
    },
    previousError: jump(shown, "previousError", "up", errors.previous, "Shift+F8"),
    nextError: jump(shown, "nextError", "down", errors.next, "F8"),
    errorPlace: errorPlace(viewer, errors.upTo, errorCount),
    hasErrors: errorCount > 0,
    ends: [jump(shown, "start", "start", 1), jump(shown, "end", "end", Math.max(lines, 1))],
    onlyErrors: {
      ...switched(shown, { onlyErrors: !query.onlyErrors }),
      isOn: query.onlyErrors,
      count: viewer.format.number(errorCount),
    },
    folding: { ...switched(shown, { isFolded: !query.isFolded }), isOn: query.isFolded },
  };
}

/** `sign`: a name in the template `_sign`. */
function jump(
  { viewer, path, query }: ShownLog,
  name: string,
  sign: string,
  line: number | null,
  key: string | null = null,
) {
  const label = viewer.t(`logViewer.${name}`);
  const url = line === null ? null : lineUrl(path, line, query);
  return { url, label, sign, key, title: key ? `${label} (${key})` : label };
}

function switched({ path, query, window }: ShownLog, change: Partial<ViewMode>) {
  return { url: lineUrl(path, window.current ?? 1, { ...query, ...change }) };
}

/** A field with its problem; finding nothing is reported, but does not make it invalid. */
function field({ t }: Viewer, name: keyof FieldProblems, value: string, problem: string | undefined) {
  return {
    value,
    problem: problem === undefined ? null : t(`logViewer.problem.${problem}`),
    isInvalid: problem !== undefined && problem !== "nothing",
    describedBy: problem === undefined ? `hint-${name}` : `hint-${name} problem-${name}`,
  };
}

function errorPlace({ t, format }: Viewer, upTo: number, errors: number): string {
  if (errors === 0) return t("logViewer.noErrors");
  const all = format.number(errors);
  return upTo === 0
    ? t("logViewer.errorCount", { all })
    : t("logViewer.errorPlace", { place: format.number(upTo), all });
}

function matchesInWords({ t, format }: Viewer, { total, isCut, place }: ShownMatches): string {
  const all = format.number(total);
  if (place === null)
    return t(isCut ? "logViewer.matches.more" : "logViewer.matches.all", { count: total, all });
  const key = isCut ? "logViewer.matches.placeOfMore" : "logViewer.matches.place";
  return t(key, { place: format.number(place), all });
}
