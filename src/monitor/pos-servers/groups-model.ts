import type { PosServerFilter } from "../filter/filter.ts";
import type { PosServerState } from "../fleet/state.ts";
import type { StateCounts } from "../fleet/summary.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { groupsCauses } from "./common-causes.ts";
import type { ListedRow } from "./listed-row-model.ts";
import { segmentUrl } from "./segments-model.ts";

/** On a phone a line each, since nobody has to act on them now. */
const LATER: readonly PosServerState[] = ["update_required", "pending", "closed"];

/** Whether the list begins with what is wrong and ends with what works, so that a phone can fold the end. */
export function isFoldable({ sort, ...filter }: PosServerFilter): boolean {
  return groupsCauses({ sort, ...filter }) && sort.column === "state" && !sort.isDescending;
}

/** The rows of the list in groups that a phone shows, folds or leaves out. */
export function groupsModel(viewer: Viewer, filter: PosServerFilter, rows: ListedRow[], counts: StateCounts) {
  if (!isFoldable(filter)) return { groups: [{ name: "all", rows }], later: null };
  const isLater = ({ state }: ListedRow) => LATER.includes(state);
  const isFine = ({ state }: ListedRow) => state === "synced";
  const groups = [
    { name: "problems", rows: rows.filter((row) => !isLater(row) && !isFine(row)) },
    { name: "later", rows: rows.filter(isLater) },
    { name: "fine", rows: rows.filter(isFine) },
  ];
  const { t, format } = viewer;
  const later = LATER.filter((state) => (counts[state] ?? 0) > 0).map((state) => ({
    state,
    text: t(`state.${state}`, { count: counts[state] }),
    count: format.number(counts[state] ?? 0),
    url: segmentUrl(state, filter),
  }));
  return { groups: groups.filter((group) => group.rows.length > 0), later: later.length > 0 ? later : null };
}

/** What works; null where the list does not end with it. */
export function fineModel({ format }: Viewer, filter: PosServerFilter, { synced = 0 }: StateCounts) {
  if (!isFoldable(filter) || filter.isSyncedHidden || synced === 0) return null;
  return { count: format.number(synced), url: segmentUrl("synced", filter) };
}
