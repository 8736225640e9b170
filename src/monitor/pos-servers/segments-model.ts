import { filterUrl, type PosServerFilter } from "../filter/filter.ts";
import { LISTED_STATES, POS_SERVER_STATES, type PosServerState } from "../fleet/state.ts";
import type { StateCounts } from "../fleet/summary.ts";
import type { Viewer } from "../viewer/viewer.ts";

type Segment = PosServerState | "parked" | "all";

/** Under «ещё», unless chosen. */
const RARE_SEGMENTS: readonly Segment[] = ["pending", "closed", "unsupported", "parked"];
const SEGMENTS: readonly Segment[] = [
  "all",
  ...POS_SERVER_STATES.filter((state) => !RARE_SEGMENTS.includes(state)),
];
/** Rare too, but shown beside the others while there are any. */
const RARE_PROBLEMS: readonly Segment[] = ["not_serving"];

/** The segments, with their counts. @param counts within organization, tag and search. */
export function segmentsModel(viewer: Viewer, filter: PosServerFilter, counts: StateCounts) {
  const { t, format } = viewer;
  const all = LISTED_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const current = currentSegment(filter);
  const absent = RARE_PROBLEMS.filter((name) => name !== current && segment(name).isZero);
  const rare = [...absent, ...RARE_SEGMENTS.filter((name) => name !== current)].map(segment);
  const inRare = rare.reduce((sum, { value }) => sum + value, 0);
  return {
    segments: [
      ...SEGMENTS.filter((name) => !absent.includes(name)),
      ...RARE_SEGMENTS.filter((name) => name === current),
    ].map(segment),
    more: { segments: rare, isZero: inRare === 0, count: format.number(inRare) },
  };

  function segment(name: Segment) {
    const count = name === "all" ? all : (counts[name] ?? 0);
    return {
      name,
      isCurrent: name === current,
      isZero: count === 0,
      value: count,
      count: format.number(count),
      text: name === "all" ? t("posServers.segment.all") : t(`state.${name}`, { count }),
      title: name === "all" ? null : t(`posServers.showAllInState.${name}`),
      url: segmentUrl(name, filter),
    };
  }
}

/** null = the list has other conditions. */
function currentSegment({ state, scope, change, causeKey, isByGuess }: PosServerFilter): Segment | null {
  if (scope === "parked") return "parked";
  if (state !== null) return state;
  return scope === "listed" && change === null && causeKey === null && !isByGuess ? "all" : null;
}

/** The address of the list with nothing but this segment, within organization and search. */
export function segmentUrl(name: Segment, filter: PosServerFilter): string {
  return filterUrl({
    ...filter,
    period: null,
    isSyncedHidden: false,
    causeKey: null,
    change: null,
    isByGuess: false,
    openCause: null,
    page: 1,
    state: name === "all" || name === "parked" ? null : name,
    scope: name === "parked" ? "parked" : "listed",
  });
}
