import { filterUrl } from "./filter.ts";
import { type FilterInput, filterModel } from "./filter-model.ts";
import type { ShownListing } from "./shown-listings.ts";

export interface PageInput extends Omit<FilterInput, "commonFailure"> {
  shown: ShownListing;
  now: number;
}

/** What the whole page shows: the form of the filter, and the parts that refresh themselves. */
export function pageModel({ shown, now, ...input }: PageInput) {
  const { viewer, filter } = input;
  const { t, format } = viewer;
  const { listing, tag } = shown;
  return {
    freshness: {
      loadedAt: now,
      text: t("freshness.loadedAt", { time: format.clock(now, now) }),
      texts: JSON.stringify(t("freshness", { returnObjects: true })),
      ageWords: JSON.stringify(format.ageWords),
    },
    restoredCopy:
      viewer.user?.isAdministrator && listing.restoredAt !== null
        ? t("restoredCopy.text", { time: format.clock(listing.restoredAt, now) })
        : null,
    refreshUrl: filterUrl(filter),
    tag,
    filter: filterModel({ ...input, commonFailure: listing.commonFailure }),
    ...shown.parts(),
  };
}
