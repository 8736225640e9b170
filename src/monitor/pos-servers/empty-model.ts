import type { Viewer } from "../viewer/viewer.ts";
import { filterUrl, type Period, type PosServerFilter, withNothingBut } from "./filter.ts";
import { periodInWords } from "./period-in-words.ts";

const WIDEST_PERIOD: Period = { count: 3650, unit: "days" };

/** Why a filter finds nothing in a fleet of this size, and what would find something. */
export function emptyModel(viewer: Viewer, filter: PosServerFilter, fleetSize: number) {
  const { t } = viewer;
  const text = (key: string, options = {}) => t(`posServers.empty.${key}`, options);
  if (fleetSize === 0) {
    const organizations = { text: t("navigation.organizations"), url: "/organizations" };
    const actions = viewer.user?.isAdministrator ? [organizations] : null;
    return { title: text("fleetTitle"), text: text("fleetText"), actions };
  }
  const reset = { text: text("reset"), url: filterUrl(withNothingBut({})) };
  if (filter.scope === "outside" && filter.search === "" && filter.organizationId === null) {
    return { title: text("outsideTitle"), text: text("outsideText"), actions: [reset] };
  }
  const isNarrowed =
    filter.search !== "" ||
    filter.state !== null ||
    filter.causeKey !== null ||
    filter.change !== null ||
    filter.scope !== "listed";
  if (filter.isSyncedHidden && !isNarrowed) {
    const showSynced = {
      text: text("showSynced"),
      url: filterUrl({ ...filter, isSyncedHidden: false, page: 1 }),
    };
    return {
      title: text("allSyncedTitle"),
      text: text("allSyncedText"),
      actions: [showSynced],
    };
  }
  const period = filter.scope === "listed" ? filter.period : null;
  const isWidest =
    period === null || (period.unit === WIDEST_PERIOD.unit && period.count >= WIDEST_PERIOD.count);
  const widen = { text: text("anyPeriod"), url: filterUrl({ ...filter, period: WIDEST_PERIOD, page: 1 }) };
  return {
    title: text("nothingTitle"),
    text: period
      ? text("nothingInPeriod", { period: periodInWords(viewer, "posServers.period", period) })
      : text("nothingAtAll"),
    actions: isWidest ? [reset] : [widen, reset],
  };
}
