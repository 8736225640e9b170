import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { PosServerConnection } from "../registry/registry.ts";
import { type CheckedRow, checkRow } from "./check-row.ts";
import { Concealed } from "./concealed.ts";
import { findContradictions, indexRows } from "./file-rows.ts";
import type {
  ConnectionChange,
  ImportPlan,
  PlannedImportRow,
  PlannedWrite,
  RowAction,
} from "./import-plan.ts";
import { inTurns } from "./in-turns.ts";
import { type MatchedRow, matchRow } from "./match-row.ts";
import type { ParsedImport } from "./parse-import-file.ts";
import { loadRegistered } from "./registered.ts";
import type { RowProblem } from "./row-problem.ts";

const CHANGED_BY: Record<ConnectionChange, keyof PosServerConnection> = {
  address: "address",
  token: "token",
  certificate: "fingerprint",
  identity: "identity",
};
const CONNECTION_CHANGES = Object.keys(CHANGED_BY) as ConnectionChange[];

/** Says for each row of an import file what applying it would do, or what is wrong with it. Changes nothing. */
export async function planImport(
  db: Kysely<Database>,
  secretBox: SecretBox,
  parsed: ParsedImport,
): Promise<ImportPlan> {
  const checkedRows = await inTurns(parsed.rows.reveal(), checkRow);
  const fileRows = indexRows(checkedRows);
  const crmIds = [...new Set(checkedRows.map((row) => row.crmId))];
  const registered = await loadRegistered(db, secretBox, crmIds, [...fileRows.byIdentity.keys()]);

  const founders = new Map<string, CheckedRow>();
  const planned = await inTurns(checkedRows, (row) => {
    const match = matchRow(row, fileRows, registered);
    const problems = [...row.problems, ...findContradictions(row, fileRows), ...match.problems];
    const isFirst = !founders.has(row.crmId);
    if (isFirst) founders.set(row.crmId, row);
    return { row: planRow(row, match, problems, isFirst), match };
  });
  return {
    parsed,
    rows: planned.map(({ row }) => row),
    counts: countRows(planned.map(({ row }) => row)),
    writes: new Concealed(planned.flatMap(({ row, match }) => planWrites(row, match))),
  };
}

function planRow(
  row: CheckedRow,
  match: MatchedRow,
  problems: RowProblem[],
  isFirst: boolean,
): PlannedImportRow {
  const changes = connectionChanges(match);
  const action = actionOf(match, changes, problems);
  return {
    rowNumber: row.rowNumber,
    organization: match.organizationName || row.organization,
    crmId: row.crmId,
    name: match.posServer?.name ?? row.name,
    address: match.connection?.address ?? null,
    action,
    createsOrganization: isFirst && !match.organization && action === "create",
    changes: action === "change" ? changes : [],
    problems,
  };
}

function connectionChanges({ posServer, connection }: MatchedRow): ConnectionChange[] {
  if (!posServer || !connection) return [];
  return CONNECTION_CHANGES.filter((change) => {
    const field = CHANGED_BY[change];
    return posServer[field] !== connection[field];
  });
}

function actionOf(match: MatchedRow, changes: ConnectionChange[], problems: RowProblem[]): RowAction {
  if (problems.length > 0) return "refuse";
  if (!match.posServer) return "create";
  return changes.length > 0 ? "change" : "keep";
}

function countRows(rows: PlannedImportRow[]): ImportPlan["counts"] {
  const count = (action: RowAction) => rows.filter((row) => row.action === action).length;
  return {
    create: count("create"),
    change: count("change"),
    keep: count("keep"),
    refuse: count("refuse"),
    organizations: rows.filter((row) => row.createsOrganization).length,
  };
}

function planWrites(
  row: PlannedImportRow,
  { organization, posServer, connection }: MatchedRow,
): PlannedWrite[] {
  if (!connection || row.action === "keep" || row.action === "refuse") return [];
  return [
    {
      organizationId: organization?.id ?? null,
      organization: row.organization,
      crmId: row.crmId,
      posServerId: posServer?.id ?? null,
      name: row.name,
      connection,
    },
  ];
}
