import type { Viewer } from "../viewer/viewer.ts";
import { filterUrl, type Period, type PosServerFilter, withNothingBut } from "./filter.ts";
import type { Listing } from "./listing.ts";
import { periodInWords } from "./period-in-words.ts";

const WIDEST_PERIOD: Period = { count: 3650, unit: "days" };

/**
 * Why a filter finds nothing in a fleet of this size, and what would find something; where there is no fleet, the names of
 * those who can change that.
 */
export function emptyModel(
  viewer: Viewer,
  filter: PosServerFilter,
  { fleetSize, whomToAsk }: Pick<Listing, "fleetSize" | "whomToAsk">,
) {
  const { t } = viewer;
  const text = (key: string, options = {}) => t(`posServers.empty.${key}`, options);
  if (fleetSize === 0) {
    const organizations = { text: t("navigation.organizations"), url: "/organizations" };
    const title = text("fleetTitle");
    if (whomToAsk === null) {
      const connect = { text: t("firstStart.title"), url: "/first-start" };
      return { title, text: text("fleetText"), actions: [connect, organizations] };
    }
    const whom = whomToAsk.length > 0 ? ` ${t("error.noRightWhom", { names: whomToAsk.join(", ") })}` : "";
    return { title, text: `${text("fleetOfOthers")}${whom}`, actions: null };
  }
  const reset = { text: text("reset"), url: filterUrl(withNothingBut({})) };
  const isOfAll = filter.organizationId === null && filter.tagId === null;
  if (filter.scope === "outside" && filter.search === "" && isOfAll) {
    return { title: text("outsideTitle"), text: text("outsideText"), actions: [reset] };
  }
  const isNarrowed =
    filter.search !== "" ||
    filter.tagId !== null ||
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
