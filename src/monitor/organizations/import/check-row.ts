import { searchText } from "../../database/text.ts";
import { type GivenConnection, looksLikePairingString, readConnection } from "../registry/connection.ts";
import { MAX_NAME_LENGTH } from "../registry/names.ts";
import type { ImportColumn } from "./columns.ts";
import type { RawRow } from "./read-rows.ts";
import { plainProblem, type RowProblem } from "./row-problem.ts";

const CRM_ID = /^\d{1,20}$/;
const COLUMNS_WITHOUT_PAIRING_STRING = ["organization", "crmId", "name", "token"] as const;
const NAME_COLUMNS = ["organization", "name"] as const;
const NEEDED_COLUMNS = ["crmId", "name", "connection"] as const;

/** A row of the file and what can be said about it without the registry and the other rows. */
export interface CheckedRow {
  rowNumber: number;
  /** Fit to be shown: without pairing strings, and cut. */
  organization: string;
  crmId: string;
  name: string;
  /** What people do not tell apart has one key: the same CrmId and name, in any letter case. */
  key: string;
  /** null when it has a problem. */
  given: GivenConnection | null;
  problems: RowProblem[];
}

/** Checks one row by itself. */
export function checkRow(row: RawRow): CheckedRow {
  const connection = row.connection ? readConnection(row.connection, row.token) : null;
  const misplaced = COLUMNS_WITHOUT_PAIRING_STRING.filter((column) => looksLikePairingString(row[column]));
  const problems: RowProblem[] = [
    ...NEEDED_COLUMNS.filter((column) => !row[column]).map(missingField),
    ...misplaced.map(
      (column): RowProblem => ({ code: "pairing_string_in_wrong_column", values: { column } }),
    ),
    ...NAME_COLUMNS.filter((column) => row[column].length > MAX_NAME_LENGTH).map(tooLong),
  ];
  if (row.crmId && !CRM_ID.test(row.crmId)) problems.push(plainProblem("crm_id_not_digits"));
  if (typeof connection === "string") problems.push(plainProblem(connection));

  return {
    rowNumber: row.rowNumber,
    organization: shown(row.organization),
    crmId: shown(row.crmId),
    name: shown(row.name),
    key: posServerKey(row.crmId, row.name),
    given: typeof connection === "string" ? null : connection,
    problems,
  };
}

/** A row that lacks what a column says. */
export function missingField(column: ImportColumn): RowProblem {
  return { code: "missing_field", values: { column } };
}

/** The key by which rows and registered POS servers are matched. */
export function posServerKey(crmId: string, name: string): string {
  return searchText(crmId, name);
}

function tooLong(column: ImportColumn): RowProblem {
  return { code: "name_too_long", values: { column, maxLength: MAX_NAME_LENGTH } };
}

function shown(text: string): string {
  return looksLikePairingString(text) ? "" : text.slice(0, MAX_NAME_LENGTH);
}
