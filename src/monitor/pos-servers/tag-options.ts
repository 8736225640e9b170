import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import { listTags, type Tag } from "../fleet/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** One for each set of rights in use. */
const MAX_KEPT = 20;

/** Keeps the tags of the filter. @returns a function that gives those that a viewer may filter by. */
export function createTagOptions(
  database: OpenDatabase,
  clock: () => number,
): (viewer: Viewer) => Promise<Tag[]> {
  // No poll changes them, so they do not age.
  const maxAgeMs = Number.POSITIVE_INFINITY;
  const keep = keepFindings<Tag[]>({ database, maxKept: MAX_KEPT, maxAgeMs, clock });
  return ({ organizations }) =>
    keep(JSON.stringify(organizations), () => listTags(database.db, organizations));
}
