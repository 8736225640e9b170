import type { OrganizationAccess } from "../viewer/access.ts";
import type { Language } from "../viewer/language.ts";
import type { SignedInUser } from "../viewer/viewer.ts";
import type { ExportRefusal } from "./rows.ts";

/** What a worker needs to make a file; all of it can be copied. */
export interface ExportTask<Query> {
  databaseFile: string;
  viewer: { user: SignedInUser; organizations: OrganizationAccess; language: Language; timeZone: string };
  query: Query;
  /** ms UTC. */
  now: number;
}

export type ExportOutcome = { refusal: ExportRefusal } | ExportedFile;

export interface ExportedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Of the first sheet, without its headings. */
  rows: number;
}
