import type { Db } from "../../database/schema.ts";
import type { OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import { readName } from "../../registry/names.ts";
import { findTagChange, type TagChange } from "../../restaurants/tags.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { type CheckedRow, checkRow, type RowProblem, rowProblem } from "./check-row.ts";
import { findContradictions, indexRows, type MatchedRow, matchRow } from "./match-row.ts";
import { Concealed, type ParsedImport } from "./parse-import-file.ts";
import { inTurns, loadRegistered } from "./registered.ts";

const CONNECTION_CHANGES = [
  ["address", "address"],
  ["token", "token"],
  ["certificate", "fingerprint"],
  ["identity", "identity"],
] as const;
type ConnectionChange = (typeof CONNECTION_CHANGES)[number][0];

/** `keep` = nothing changes; `refuse` = it has problems. */
export type RowAction = "create" | "change" | "keep" | "refuse";

export interface Edit<Value> {
  from: Value;
  to: Value;
}

/** What is registered, and what it becomes; `organization` is the name of one, in a row about it alone. */
export type Edits = Partial<Record<"organization" | "name", Edit<string>>> &
  Partial<Record<"computer" | "phone" | "timeZone", Edit<string | null>>> & {
    hours?: Edit<OpeningHours["hours"]>;
    works?: Edit<OpeningHours["works"]>;
  };

/** What applying would do with a row; all of it may be shown. */
export interface PlannedImportRow {
  rowNumber: number;
  /** As registered by now, or as the file names it; may be empty when the row is refused. */
  organization: string;
  crmId: string;
  name: string;
  /** `http://…` or `https://…`, also of a pairing string; null when it has a problem. */
  address: string | null;
  action: RowAction;
  /** The first row of an organization that is not registered. */
  createsOrganization: boolean;
  changes: ConnectionChange[];
  edits: Edits;
  /** null = tags stay as they are. */
  tagChange: TagChange | null;
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

  const founders = new Set<string>();
  /** The first row of each registered POS server. */
  const matched = new Map<number, number>();
  const planned = await inTurns(checkedRows, (row) => {
    const match = matchRow(row, fileRows, registered, now);
    const problems = [...row.problems, ...findContradictions(row, fileRows, match), ...match.problems];
    const rowNumber = matched.get(match.posServer?.id ?? 0);
    const isKnown = problems.some(({ code }) => code === "repeated_pos_server");
    if (rowNumber !== undefined && !isKnown) problems.push(rowProblem("repeated_pos_server", { rowNumber }));
    else if (match.posServer) matched.set(match.posServer.id, row.rowNumber);
    const isFirst = !founders.has(row.crmId);
    founders.add(row.crmId);
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
  const edits = findEdits(row, match);
  const isChanged = changes.length > 0 || tagChange !== null || Object.keys(edits).length > 0;
  const action = actionOf(match, row.name === "", isChanged, problems);
  const isWritten = action === "create" || action === "change";
  return {
    rowNumber: row.rowNumber,
    organization: match.organizationName || row.organization,
    crmId: row.crmId,
    name: match.posServer?.name ?? row.name,
    address: match.connection?.address ?? null,
    action,
    createsOrganization: isFirst && !match.organization && action === "create",
    changes: action === "change" ? changes : [],
    edits: isWritten ? edits : {},
    tagChange: action === "change" ? tagChange : null,
    problems,
  };
}

function findEdits(row: CheckedRow, { organization, posServer, stored, hoursChange }: MatchedRow): Edits {
  const edits: Edits = {};
  const { organization: named, name, rowKey } = row;
  if (name === "" && organization && named && named !== readName(organization.name))
    edits.organization = { from: organization.name, to: named };
  if (posServer && rowKey !== null && name !== readName(posServer.name))
    edits.name = { from: posServer.name, to: name };
  for (const field of ["computer", "phone"] as const) {
    const [from, said] = [posServer?.[field] ?? null, row[field]];
    if (said !== null && (said || null) !== from) edits[field] = { from, to: said || null };
  }
  const { hours, works, timeZone } = hoursChange ?? {};
  if (hours !== undefined) edits.hours = { from: stored.hours, to: hours };
  if (works !== undefined) edits.works = { from: stored.works, to: works };
  if (timeZone !== undefined) edits.timeZone = { from: stored.timeZone, to: timeZone };
  return edits;
}

function connectionChanges({ posServer, connection }: MatchedRow): ConnectionChange[] {
  if (!posServer || !connection) return [];
  return CONNECTION_CHANGES.filter(([, field]) => posServer[field] !== connection[field]).map(
    ([change]) => change,
  );
}

function actionOf(
  match: MatchedRow,
  isAboutOrganization: boolean,
  isChanged: boolean,
  problems: RowProblem[],
): RowAction {
  if (problems.length > 0) return "refuse";
  if (!(isAboutOrganization ? match.organization : match.posServer)) return "create";
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
