import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { filterUrl, type PosServerFilter } from "./filter.ts";
import type { Listing } from "./listing.ts";

const MAX_KEPT = 200;
/** While polls are saved all the time, and ages pass, the same view is not found anew more often than this. */
export const FRESH_MS = 2_000;

/** The parts of the page that refresh themselves, as HTML: the headline, and what stands above and below the filter. */
export interface RefreshedParts {
  headline: string;
  /** How many of what a phone folds; null where it folds nothing. */
  fineCount: string | null;
  aboveFilter: string;
  belowFilter: string;
}

/** A listing with its tag, which is equal exactly when everything shown is equal, and its HTML. */
export interface ShownListing {
  listing: Listing;
  tag: string;
  parts(): RefreshedParts;
}

/**
 * Keeps what was found and rendered lately, so that many browsers that show the same view cost as much as one.
 * @returns a function that gives the view of a filter for a viewer.
 */
export function createShownListings(options: {
  database: OpenDatabase;
  clock: () => number;
  find: (viewer: Viewer, filter: PosServerFilter, now: number) => Promise<Listing>;
  render: (viewer: Viewer, filter: PosServerFilter, listing: Listing, now: number) => RefreshedParts;
}): (viewer: Viewer, filter: PosServerFilter) => Promise<ShownListing> {
  const { database, clock, find, render } = options;
  const keep = keepFindings<ShownListing>({ database, maxKept: MAX_KEPT, maxAgeMs: FRESH_MS, clock });

  return (viewer, filter) => keep(viewKey(viewer, filter), () => show(viewer, filter, clock()));

  async function show(viewer: Viewer, filter: PosServerFilter, now: number): Promise<ShownListing> {
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
  }
}

function viewKey(viewer: Viewer, filter: PosServerFilter): string {
  const { user, organizations, language, timeZone } = viewer;
  return JSON.stringify([organizations, user?.isAdministrator, language, timeZone, filterUrl(filter)]);
}

const AGES = ["lastUpdate", "lastSync", "lasted"];

/** For a tag: of ages that are shown exactly only the time, from which the browser counts them on. */
export function withoutAge(key: string, value: unknown): unknown {
  const isAge = AGES.includes(key);
  return isAge && value !== null && typeof value === "object" && "at" in value && value.at ? value.at : value;
}
