import { POS_SERVER_STATES } from "../fleet/state.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Availability, HistoryState, Segment, TimeSpan } from "./availability.ts";
import { pictureOf } from "./availability-picture.ts";
import type { MeasuredAvailability } from "./read-availability.ts";

const WORST_FIRST: readonly HistoryState[] = [...POS_SERVER_STATES, "parked"];
/** A state that was over at once is no part of the legend. */
const SHOWN_FROM_MS = 1_000;
/** How much of its width a segment leaves free. */
const QUARTER_GAP = 0.14;
const DAY_GAP = 0.05;

/** The bars of a POS server: the last 24 hours and the last 30 days, as pictures and in the viewer's words. */
export function availabilityModel(viewer: Viewer, { day, month }: MeasuredAvailability, now: number) {
  const { format } = viewer;
  const quarter = ({ from, to }: TimeSpan) => `${format.time(from, now)} – ${format.clock(to, to)}`;
  return [
    barModel(viewer, "day", day, QUARTER_GAP, quarter),
    barModel(viewer, "month", month, DAY_GAP, ({ from }) => format.day(from, now)),
  ];
}

function barModel(
  viewer: Viewer,
  name: "day" | "month",
  availability: Availability,
  gapShare: number,
  nameOf: (span: TimeSpan) => string,
) {
  const { segments } = availability;
  const { bars, ...picture } = pictureOf(segments, gapShare);
  const titles = segments.map((segment) => `${nameOf(segment)}: ${statesOf(viewer, segment)}`);
  return {
    id: `availability-${name}`,
    title: viewer.t(`availability.${name}`),
    summary: summaryOf(viewer, availability),
    legend: legendOf(viewer, availability),
    picture: { ...picture, bars: bars.map((bar, index) => ({ ...bar, title: titles[index] })) },
  };
}

function summaryOf({ t, format }: Viewer, { share, failures }: Availability): string {
  if (share === null) return t("availability.unknown");
  const synced = t("availability.synced", { share: format.percent(share) });
  const failed =
    failures > 0 ? t("availability.failures", { count: failures }) : t("availability.noFailures");
  return `${synced} · ${failed}`;
}

/** What the picture shows besides a healthy exchange, worst first; null without any. */
function legendOf(viewer: Viewer, { segments, timeByState }: Availability) {
  const states = WORST_FIRST.filter(
    (state) => state !== "synced" && (timeByState[state] ?? 0) >= SHOWN_FROM_MS,
  );
  const shown = states.map((state) => ({ state, text: stateWithTime(viewer, state, timeByState[state]) }));
  const isUnknownShown = segments.some((segment) => Object.keys(segment.timeByState).length === 0);
  const unknown = { state: "no_data" as const, text: viewer.t("availability.noData") };
  const legend = isUnknownShown ? [...shown, unknown] : shown;
  return legend.length > 0 ? legend : null;
}

function statesOf(viewer: Viewer, { timeByState }: Segment): string {
  const states = WORST_FIRST.filter((state) => timeByState[state]);
  const [only, second] = states;
  if (!only) return viewer.t("availability.noData");
  if (!second) return viewer.t(`state.${only}`);
  return states.map((state) => stateWithTime(viewer, state, timeByState[state])).join(", ");
}

function stateWithTime({ t, format }: Viewer, state: HistoryState, ms = 0): string {
  return t("availability.stateWithTime", { state: t(`state.${state}`), duration: format.duration(ms) });
}
