import type { Generated } from "kysely";

export interface LogSearchTable {
  id: Generated<number>;
  userId: number;
  /** Whose error it began with. */
  posServerId: number | null;
  text: string;
  fromAt: number;
  toAt: number;
  /** As the form sends it: empty = all POS servers, `organization-12`, `tag-3`. */
  place: string;
  requestedAt: number;
  stoppedAt: number | null;
}

/** What one POS server found. */
export interface LogSearchItemTable {
  logSearchId: number;
  posServerId: number;
  /** `away`: asked again when it is back; `left_out`: not to be asked. */
  status: "queued" | "away" | "done" | "failed" | "left_out";
  code: string | null;
  detail: string | null;
  askedAt: number | null;
  count: Generated<number>;
  firstAt: number | null;
  lastAt: number | null;
  /** JSON of `BarCounts`. */
  bars: string | null;
  /** The newest entry around the text, masked, its time by the POS server's own clock, and its file. */
  line: string | null;
  lineAt: number | null;
  file: string | null;
  unreadFiles: Generated<number>;
  unreadBytes: Generated<number>;
}
