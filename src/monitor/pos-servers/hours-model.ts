import type { PosServerState } from "../fleet/state.ts";
import { knownFailures } from "../history/availability.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { HOUR_STEPS, type Hour } from "./hours.ts";

const MARK_STEP = 4;
const MARK_WIDTH = 3;
const HEIGHT = 14;
/** Cuts the drawing of a day into a mark for each hour. */
export const HOUR_MARKS = Array.from(
  { length: 24 },
  (_, index) => `M${index * MARK_STEP} 0h${MARK_WIDTH}v${HEIGHT}h-${MARK_WIDTH}z`,
).join("");
/** Lower than a failing hour, so that both differ without colours too. */
const WORKING_TOP = 4;
const MIN_FAILING_HEIGHT = 4;
const UNKNOWN_TOP = 8;
const UNKNOWN_HEIGHT = 2;

interface HoursModel {
  text: string;
  paths: { kind: MarkKind; path: string }[];
}

type MarkKind = PosServerState | "working" | "unknown";

/** @returns a function that draws the hours of a POS server, equal hours once. */
export function createHoursModel({
  t,
  format,
}: Viewer): (hours: Hour[], hasExchanged: boolean) => HoursModel {
  const drawn = new Map<Hour[], HoursModel>();
  return (hours, hasExchanged) => {
    if (isUnknown(hours, hasExchanged)) return { text: t("posServers.hours.unknown"), paths: pathsOf(hours) };
    const known = drawn.get(hours);
    if (known) return known;
    const model = { text: inWords(hours), paths: pathsOf(hours) };
    drawn.set(hours, model);
    return model;
  };

  function isUnknown(hours: Hour[], hasExchanged: boolean): boolean {
    const failures = knownFailures(hasExchanged);
    return !hours.some(({ isWorking, worst }) => isWorking || (worst !== null && failures.includes(worst)));
  }

  function inWords(hours: Hour[]): string {
    const failingSteps = hours.reduce((sum, hour) => sum + hour.failingSteps, 0);
    const knownSteps = hours.reduce(
      (sum, hour) => sum + (hour.isWorking ? HOUR_STEPS : hour.failingSteps),
      0,
    );
    return t("posServers.hours.synced", { share: format.percent(1 - failingSteps / knownSteps) });
  }
}

/** Equal hours in a row are one rectangle, which `HOUR_MARKS` cuts into marks. */
function pathsOf(hours: Hour[]): HoursModel["paths"] {
  const runs: { kind: MarkKind; from: number; to: number; top: number; bottom: number }[] = [];
  const draw = (kind: MarkKind, index: number, top: number, bottom: number) => {
    if (top >= bottom) return;
    const last = runs.findLast((run) => run.kind === kind);
    if (last?.to === index && last.top === top && last.bottom === bottom) last.to = index + 1;
    else runs.push({ kind, from: index, to: index + 1, top, bottom });
  };
  for (const [index, { failingSteps, worst, isWorking }] of hours.entries()) {
    const failing = worst
      ? Math.max(Math.round((failingSteps / HOUR_STEPS) * HEIGHT), MIN_FAILING_HEIGHT)
      : 0;
    if (worst) draw(worst, index, 0, failing);
    if (isWorking) draw("working", index, Math.max(WORKING_TOP, failing), HEIGHT);
    if (!worst && !isWorking) draw("unknown", index, UNKNOWN_TOP, UNKNOWN_TOP + UNKNOWN_HEIGHT);
  }
  const paths = new Map<MarkKind, string>();
  for (const { kind, from, to, top, bottom } of runs) {
    const [left, right] = [from * MARK_STEP, to * MARK_STEP];
    paths.set(kind, `${paths.get(kind) ?? ""}M${left} ${top}H${right}V${bottom}H${left}z`);
  }
  return [...paths].map(([kind, path]) => ({ kind, path }));
}
