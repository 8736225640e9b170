import type { Viewer } from "../viewer/viewer.ts";
import { filterUrl, type PosServerFilter, periodInWords } from "./filter.ts";

/** So many of the silent ones are named. */
export const NAMED_SILENT = 2;

/** POS servers that meet the conditions but were not updated within the period. */
export interface SilentPosServers {
  count: number;
  /** The longest silent of them. */
  longest: { id: number; name: string; lastUpdateAt: number | null }[];
}

/** The line about POS servers that the period leaves out; null without any. */
export function silentModel(viewer: Viewer, filter: PosServerFilter, silent: SilentPosServers, now: number) {
  const { t, format } = viewer;
  const { count, longest } = silent;
  if (count === 0 || filter.period === null) return null;
  const others = count - longest.length;
  return {
    text: t("posServers.silent.line", {
      count,
      period: periodInWords(viewer, "posServers.longerThan", filter.period),
    }),
    named: longest.map(({ id, name, lastUpdateAt }) => ({
      url: `/pos-servers/${id}`,
      name,
      lasted: lastUpdateAt === null ? null : format.lasted(lastUpdateAt, now),
    })),
    others: others > 0 ? t("posServers.silent.others", { count: others }) : null,
    url: filterUrl({ ...filter, scope: "outside", isSyncedHidden: false, page: 1 }),
  };
}
