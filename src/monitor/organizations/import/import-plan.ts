import type { PosServerConnection } from "../registry/registry.ts";
import type { Concealed } from "./concealed.ts";
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
  problems: RowProblem[];
}

/** What applying a row writes; a null id = it is created. */
export interface PlannedWrite {
  organizationId: number | null;
  organization: string;
  crmId: string;
  posServerId: number | null;
  name: string;
  connection: PosServerConnection;
}

/** What an import would do. It can be applied when no row is refused. */
export interface ImportPlan {
  parsed: ParsedImport;
  rows: PlannedImportRow[];
  counts: Record<RowAction, number> & { organizations: number };
  /** Of the rows that create or change something. */
  writes: Concealed<PlannedWrite[]>;
}
