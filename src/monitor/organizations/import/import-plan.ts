import type { NamedPosServer } from "../../fleet/named-pos-server.ts";
import type { OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import type { TagChange } from "../../fleet/tag-names.ts";
import type { PosServerConnection } from "../registry/registry.ts";
import type { Concealed } from "./concealed.ts";
import type { GivenHours } from "./given-hours.ts";
import type { ParsedImport } from "./parse-import-file.ts";
import type { RowProblem } from "./row-problem.ts";

/** `keep` = registered just like this; `refuse` = has problems. */
export type RowAction = "create" | "change" | "keep" | "refuse";

export type ConnectionChange = "address" | "token" | "certificate" | "identity";

/** What would happen with one row of the file; all of it may be shown. */
export interface PlannedImportRow {
  rowNumber: number;
  /** As registered, or as the file names it; may be empty when the row is refused. */
  organization: string;
  crmId: string;
  name: string;
  /** `http://…` or `https://…`, also of a pairing string; null when it has a problem. */
  address: string | null;
  action: RowAction;
  /** The first row of an organization that is not registered. */
  createsOrganization: boolean;
  /** What a `change` changes. */
  changes: ConnectionChange[];
  /** The tags among it; null = they stay as they are. */
  tagChange: TagChange | null;
  /** Which opening hours are other ones then; null = they stay as they are. */
  hoursChange: GivenHours | null;
  problems: RowProblem[];
}

/** What applying a row writes; what is null is created. */
export interface PlannedWrite {
  organizationId: number | null;
  organization: string;
  crmId: string;
  posServer: NamedPosServer | null;
  name: string;
  connection: PosServerConnection;
  /** Whether it is another one than before. */
  isReconnected: boolean;
  /** null = they stay as they are. */
  tags: string[] | null;
  openingHours: OpeningHours | null;
}

/** What an import would do. It can be applied when no row is refused. */
export interface ImportPlan {
  parsed: ParsedImport;
  rows: PlannedImportRow[];
  counts: Record<RowAction, number> & { organizations: number };
  /** Of the rows that create or change something. */
  writes: Concealed<PlannedWrite[]>;
}
