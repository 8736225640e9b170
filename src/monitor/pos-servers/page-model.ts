import { filterUrl } from "./filter.ts";
import { type FilterInput, filterModel } from "./filter-model.ts";
import { freshnessModel } from "./freshness-model.ts";
import { fineModel, isFoldable } from "./groups-model.ts";
import { headlineModel } from "./headline-model.ts";
import type { SavedView } from "./saved-views.ts";
import { savedViewsMenu } from "./saved-views-model.ts";
import type { ShownListing } from "./shown-listings.ts";

export interface PageInput extends Omit<FilterInput, "causeExample"> {
  savedViews: SavedView[];
  /** The name of the one that has just been saved. */
  savedView: string | null;
  shown: ShownListing;
  now: number;
}

/** What the whole page shows: the form of the filter, and the parts that refresh themselves. */
export function pageModel({ shown, savedViews, savedView, now, ...input }: PageInput) {
  const { viewer, filter } = input;
  const { t, format } = viewer;
  const { listing, tag } = shown;
  const { title, icon } = headlineModel(viewer, listing);
  return {
    title,
    icon,
    freshness: freshnessModel(viewer, { url: filterUrl(filter), tag, now }),
    restoredCopy:
      viewer.user?.isAdministrator && listing.restoredAt !== null
        ? t("restoredCopy.text", { time: format.clock(listing.restoredAt, now) })
        : null,
    listUrl: filterUrl(filter),
    savedViews: savedViewsMenu(savedViews, filterUrl(filter)),
    answer:
      savedView === null
        ? null
        : { isOk: true, text: t("savedViews.saved", { name: savedView }), detail: null },
    filter: filterModel({ ...input, causeExample: listing.rows[0]?.reason?.text ?? null }),
    isFolded: isFoldable(filter),
    fine: fineModel(viewer, filter, listing.segments),
    ...shown.parts(),
  };
}
