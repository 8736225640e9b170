import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import { filterUrl, type PosServerFilter } from "../filter/filter.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Listing } from "./listing.ts";

const MAX_KEPT = 200;
/** How long a view is kept while polls are saved all the time. */
export const FRESH_MS = 2_000;

interface RefreshedParts {
  headline: string;
  /** How many rows a phone folds; null = none. */
  fineCount: string | null;
  aboveFilter: string;
  belowFilter: string;
}

/** A listing with the tag of all that it shows, and its HTML. */
export interface ShownListing {
  listing: Listing;
  tag: string;
  parts(): RefreshedParts;
}

/** Keeps rendered views for a moment: many browsers with the same view cost as much as one. */
export function createShownListings(options: {
  database: OpenDatabase;
  clock: () => number;
  find: (viewer: Viewer, filter: PosServerFilter, now: number) => Promise<Listing>;
  render: (viewer: Viewer, filter: PosServerFilter, listing: Listing, now: number) => RefreshedParts;
}): (viewer: Viewer, filter: PosServerFilter) => Promise<ShownListing> {
  const { database, clock, find, render } = options;
  const keep = keepFindings<ShownListing>({ database, maxKept: MAX_KEPT, maxAgeMs: FRESH_MS, clock });

  return (viewer, filter) => {
    const { user, organizations, language, timeZone } = viewer;
    const view = [organizations, user?.isAdministrator, language, timeZone, filterUrl(filter)];
    return keep(JSON.stringify(view), async () => {
      const now = clock();
      const listing = await find(viewer, filter, now);
      let parts: RefreshedParts | null = null;
      return {
        listing,
        tag: tagOf(viewer, listing, withoutAge),
        parts() {
          parts ??= render(viewer, filter, listing, now);
          return parts;
        },
      };
    });
  };
}

const AGES = ["lastUpdate", "lastSync", "lasted"];

/** For tags: replaces ages, which the browser counts on, by their exact time. */
export function withoutAge(key: string, value: unknown): unknown {
  const isAge = AGES.includes(key);
  return isAge && value !== null && typeof value === "object" && "at" in value && value.at ? value.at : value;
}
