import { isDeepStrictEqual } from "node:util";
import type { Db } from "../../database/schema.ts";
import type { OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import { findTagChange, type TagChange } from "../../restaurants/tag-names.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { type CheckedRow, checkRow, type GivenHours } from "./check-row.ts";
import { Concealed } from "./concealed.ts";
import { inTurns } from "./in-turns.ts";
import { findContradictions, indexRows, type MatchedRow, matchRow } from "./match-row.ts";
import type { ParsedImport } from "./parse-import-file.ts";
import { loadRegistered } from "./registered.ts";
import type { RowProblem } from "./row-problem.ts";

const CONNECTION_CHANGES = [
  ["address", "address"],
  ["token", "token"],
  ["certificate", "fingerprint"],
  ["identity", "identity"],
] as const;
type ConnectionChange = (typeof CONNECTION_CHANGES)[number][0];

/** `keep` = nothing changes; `refuse` = it has problems. */
export type RowAction = "create" | "change" | "keep" | "refuse";

/** What applying would do with a row; all of it may be shown. */
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
  changes: ConnectionChange[];
  computer: string | null;
  phone: string | null;
  /** null = tags stay as they are. */
  tagChange: TagChange | null;
  /** New opening hours; null = they stay as they are. */
  hoursChange: GivenHours | null;
  problems: RowProblem[];
}

/** A row that applying creates or changes. */
export interface PlannedWrite {
  row: PlannedImportRow;
  match: MatchedRow;
  checked: CheckedRow;
}

/** What an import would do. It can be applied when no row is refused. */
export interface ImportPlan {
  parsed: ParsedImport;
  rows: PlannedImportRow[];
  counts: Record<RowAction, number> & { organizations: number };
  writes: Concealed<PlannedWrite[]>;
}

/** Plans what applying each row at `now` (ms UTC) would do, or finds its problems, without changing anything. */
export async function planImport(
  db: Db,
  secretBox: SecretBox,
  parsed: ParsedImport,
  now: number,
): Promise<ImportPlan> {
  const checkedRows = await inTurns(parsed.rows.reveal(), (row) => checkRow(row, now));
  const fileRows = indexRows(checkedRows);
  const crmIds = [...new Set(checkedRows.map((row) => row.crmId))];
  const registered = await loadRegistered(db, secretBox, crmIds, [...fileRows.byIdentity.keys()]);

  const founders = new Map<string, CheckedRow>();
  const planned = await inTurns(checkedRows, (row) => {
    const match = matchRow(row, fileRows, registered);
    const problems = [...row.problems, ...findContradictions(row, fileRows), ...match.problems];
    const isFirst = !founders.has(row.crmId);
    if (isFirst) founders.set(row.crmId, row);
    return { row: planRow(row, match, problems, isFirst), match, checked: row };
  });
  return {
    parsed,
    rows: planned.map(({ row }) => row),
    counts: countRows(planned.map(({ row }) => row)),
    writes: new Concealed(planned.filter(({ row }) => row.action === "create" || row.action === "change")),
  };
}

function planRow(
  row: CheckedRow,
  match: MatchedRow,
  problems: RowProblem[],
  isFirst: boolean,
): PlannedImportRow {
  const changes = connectionChanges(match);
  const tagChange = match.posServer && row.tags ? findTagChange(match.posServer.tags, row.tags) : null;
  const hoursChange = hoursChangeOf(row, match);
  const computer = row.computer === match.posServer?.computer ? null : row.computer;
  const phone = row.phone === match.posServer?.phone ? null : row.phone;
  const isChanged =
    changes.length > 0 || [tagChange, hoursChange, computer, phone].some((one) => one !== null);
  const action = actionOf(match, row.name === "", isChanged, problems);
  return {
    rowNumber: row.rowNumber,
    organization: match.organizationName || row.organization,
    crmId: row.crmId,
    name: match.posServer?.name ?? row.name,
    address: match.connection?.address ?? null,
    action,
    createsOrganization: isFirst && !match.organization && action === "create",
    changes: action === "change" ? changes : [],
    computer,
    phone,
    tagChange: action === "change" ? tagChange : null,
    hoursChange: action === "change" ? hoursChange : null,
    problems,
  };
}

function connectionChanges({ posServer, connection }: MatchedRow): ConnectionChange[] {
  if (!posServer || !connection) return [];
  return CONNECTION_CHANGES.filter(([, field]) => posServer[field] !== connection[field]).map(
    ([change]) => change,
  );
}

function hoursChangeOf({ openingHours }: CheckedRow, { posServer }: MatchedRow): GivenHours | null {
  if (!posServer) return null;
  const changed = Object.entries(openingHours).filter(
    ([field, said]) => !isDeepStrictEqual(said, posServer.openingHours[field as keyof OpeningHours]),
  );
  return changed.length > 0 ? Object.fromEntries(changed) : null;
}

function actionOf(
  match: MatchedRow,
  isAboutOrganization: boolean,
  isChanged: boolean,
  problems: RowProblem[],
): RowAction {
  if (problems.length > 0) return "refuse";
  if (isAboutOrganization) return match.organization ? "keep" : "create";
  if (!match.posServer) return "create";
  return isChanged ? "change" : "keep";
}

function countRows(rows: PlannedImportRow[]): ImportPlan["counts"] {
  // Organizations alone are counted with the others that are new.
  const count = (action: RowAction) => rows.filter((row) => row.action === action).length;
  return {
    create: count("create"),
    change: count("change"),
    keep: count("keep"),
    refuse: count("refuse"),
    organizations: rows.filter((row) => row.createsOrganization).length,
  };
}
