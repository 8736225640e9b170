import { healthInWords } from "../../pos-servers/health.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { organizationsInWords } from "../tokens/tokens-model.ts";
import type { Wall } from "./find-wall.ts";
import { quartersModel } from "./quarters-model.ts";
import { shareModel } from "./share-model.ts";
import { tilesModel } from "./tiles-model.ts";

const HOUR_MS = 3_600_000;
/** In steps of two pixels (public/css/wall.css). */
const SIDE = 6;

/** What the wall shows; of ages that the browser counts on itself, see `withoutAge`. */
export function wallModel(viewer: Viewer, wall: Wall, now: number) {
  const { t, format } = viewer;
  const { problems, posServers, pending } = wall.summary;
  const isUnknown = pending > 0 && pending === posServers;
  const share = shareModel(viewer, wall.counts, wall.summary.guessed);
  const trouble = healthInWords(viewer, wall.health, now);
  return {
    organizations: organizationsInWords(viewer, wall.organizations),
    shift: shiftAt(now),
    trouble,
    problems: {
      text: isUnknown ? "—" : format.number(problems),
      digits: Math.min(format.number(problems).length, 7),
      isUnknown,
      hasAny: problems > 0,
      word: t("wall.problems", { count: problems }),
      of: posServers === 0 ? null : t("posServers.headline.of", { total: format.number(posServers) }),
    },
    changes: changesInWords(viewer, wall),
    share,
    ...(problems > 0
      ? { ...tilesModel(viewer, wall, now), calm: null }
      : { tiles: [], more: null, calm: calmModel() }),
    quarters: quartersModel(viewer, wall.quarters),
  };

  /** Only what is known to exchange is well: not what nobody has asked yet, nor what was saved long ago. */
  function calmModel() {
    if (posServers === 0) return { isWell: false, title: t("posServers.empty.fleetTitle"), text: null };
    if (share?.isWhole && trouble === null) return { isWell: true, title: t("wall.allExchange"), text: null };
    if (isUnknown) return { isWell: false, title: t("posServers.headline.unknown"), text: null };
    const text = pending > 0 ? t("posServers.headline.pending", { count: pending }) : null;
    return { isWell: false, title: t("posServers.headline.none"), text };
  }
}

function changesInWords({ t }: Viewer, { summary: { newProblems, recovered } }: Wall): string | null {
  const texts = [
    ...(newProblems > 0 ? [t("posServers.headline.new", { count: newProblems })] : []),
    ...(recovered > 0 ? [t("posServers.headline.recovered", { count: recovered })] : []),
  ];
  return texts.length > 0 ? texts.join(", ") : null;
}

/** Where the wall stands in this hour: one step on from the hour before, around a square within a day. */
export function shiftAt(now: number): { x: number; y: number } {
  const step = Math.floor(now / HOUR_MS) % (4 * SIDE);
  const along = step % SIDE;
  if (step < SIDE) return { x: along, y: 0 };
  if (step < 2 * SIDE) return { x: SIDE, y: along };
  if (step < 3 * SIDE) return { x: SIDE - along, y: SIDE };
  return { x: 0, y: SIDE - along };
}
