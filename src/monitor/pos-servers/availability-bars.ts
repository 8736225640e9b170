import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { POS_SERVER_STATES } from "../fleet/state.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  type Availability,
  type HistoryState,
  measureAvailability,
  type Segment,
  type TimeSpan,
} from "./availability.ts";
import { boundsOfDay, boundsOfMonth } from "./availability-bounds.ts";
import { pictureOf } from "./availability-picture.ts";
import { listRunsSince, listTransitionsSince } from "./known-history.ts";

const WORST_FIRST: readonly HistoryState[] = [...POS_SERVER_STATES, "parked"];
/** A state that was over at once is no part of the legend. */
const SHOWN_FROM_MS = 1_000;
/** How much of its width a segment leaves free. */
const QUARTER_GAP = 0.14;
const DAY_GAP = 0.05;

export type AvailabilityBars = Awaited<ReturnType<typeof readAvailabilityBars>>;

/** Reads the bars of a POS server: the last 24 hours and the last 30 days, as pictures and in the viewer's words. */
export async function readAvailabilityBars(
  db: Kysely<Database>,
  viewer: Viewer,
  posServerId: number,
  now: number,
) {
  const { format, timeZone } = viewer;
  const monthBounds = boundsOfMonth(now, timeZone);
  const from = monthBounds[0] ?? now;
  const transitions = await listTransitionsSince(db, posServerId, from);
  const runs = await listRunsSince(db, from, now);
  const day = measureAvailability(transitions, runs, boundsOfDay(now));
  const month = measureAvailability(transitions, runs, monthBounds);
  return {
    day: barOf(viewer, day, QUARTER_GAP, ({ from, to }) => {
      return `${format.time(from, now)} – ${format.clock(to, to)}`;
    }),
    month: barOf(viewer, month, DAY_GAP, ({ from }) => format.day(from, now)),
  };
}

function barOf(
  viewer: Viewer,
  availability: Availability,
  gapShare: number,
  nameOf: (span: TimeSpan) => string,
) {
  const { segments } = availability;
  return {
    summary: summaryOf(viewer, availability),
    legend: legendOf(viewer, availability),
    picture: pictureOf(segments, gapShare),
    titles: segments.map((segment) => `${nameOf(segment)}: ${statesOf(viewer, segment)}`),
  };
}

function summaryOf({ t, format }: Viewer, { share, failures }: Availability): string {
  if (share === null) return t("availability.unknown");
  const synced = t("availability.synced", { share: format.percent(share) });
  const failed =
    failures > 0 ? t("availability.failures", { count: failures }) : t("availability.noFailures");
  return `${synced} · ${failed}`;
}

/** What the picture shows besides a healthy exchange, worst first. */
function legendOf(viewer: Viewer, { segments, timeByState }: Availability) {
  const states = WORST_FIRST.filter(
    (state) => state !== "synced" && (timeByState[state] ?? 0) >= SHOWN_FROM_MS,
  );
  const shown = states.map((state) => ({ state, text: stateWithTime(viewer, state, timeByState[state]) }));
  const isUnknownShown = segments.some((segment) => Object.keys(segment.timeByState).length === 0);
  return isUnknownShown
    ? [...shown, { state: "no_data" as const, text: viewer.t("availability.noData") }]
    : shown;
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
