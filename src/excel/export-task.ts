import type { OrganizationAccess } from "../pos-servers/access.ts";
import type { Language } from "../viewer/language.ts";
import type { SignedInUser } from "../viewer/viewer.ts";

/** A longer file helps nobody, and the memory of its worker is bounded. */
export const MAX_ROWS = 100_000;

/** What a worker needs to make a file; all of it can be copied. */
export interface ExportTask<Query> {
  databaseFile: string;
  viewer: { user: SignedInUser; organizations: OrganizationAccess; language: Language; timeZone: string };
  query: Query;
  /** ms UTC. */
  now: number;
}

export type ExportOutcome = "too_many_rows" | ExportedFile;

export interface ExportedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Of the first sheet, without its headings. */
  rows: number;
}
