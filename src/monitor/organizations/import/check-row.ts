import { searchText } from "../../database/text.ts";
import { findTagProblem, readTagNames, TAG_LIMITS, type TagProblem } from "../../fleet/tag-names.ts";
import { type GivenConnection, looksLikePairingString, readConnection } from "../registry/connection.ts";
import { MAX_NAME_LENGTH } from "../registry/names.ts";
import { type ImportColumn, REQUIRED_COLUMNS } from "./columns.ts";
import { type GivenHours, readGivenHours } from "./given-hours.ts";
import type { RawRow } from "./read-rows.ts";
import { plainProblem, type RowProblem } from "./row-problem.ts";

const CRM_ID = /^\d{1,20}$/;
const COLUMNS_WITHOUT_PAIRING_STRING = [
  "organization",
  "crmId",
  "name",
  "token",
  "tags",
  "hours",
  "works",
  "timeZone",
] as const;
const NAME_COLUMNS = ["organization", "name"] as const;

/** A row of the file and what can be said about it without the registry and the other rows. */
export interface CheckedRow {
  rowNumber: number;
  /** Fit to be shown: without pairing strings, and cut. */
  organization: string;
  crmId: string;
  name: string;
  /** What people do not tell apart has one key: the same CrmId and name, in any letter case. */
  key: string;
  /** null = the file does not say, or it has a problem. */
  given: GivenConnection | null;
  /** The connection of a POS server that is registered stays, and any other one is missing. */
  isConnectionKept: boolean;
  /** null = the file does not say. */
  tags: string[] | null;
  openingHours: GivenHours;
  problems: RowProblem[];
}

/** Checks one row by itself. @param now ms UTC, for dates without a year. */
export function checkRow(row: RawRow, now: number): CheckedRow {
  const connection = row.connection ? readConnection(row.connection, row.token) : null;
  const isConnectionKept = row.connection === "" && row.token === "";
  const misplaced = COLUMNS_WITHOUT_PAIRING_STRING.filter((column) => looksLikePairingString(row[column]));
  const problems: RowProblem[] = [
    ...(row.isTooWide ? [plainProblem("too_many_cells")] : []),
    ...REQUIRED_COLUMNS.filter((column) => !row[column]).map(missingField),
    ...(connection === null && !isConnectionKept ? [missingField("connection")] : []),
    ...misplaced.map(
      (column): RowProblem => ({ code: "pairing_string_in_wrong_column", values: { column } }),
    ),
    ...NAME_COLUMNS.filter((column) => row[column].length > MAX_NAME_LENGTH).map(tooLong),
  ];
  const tags = row.tags === "" || looksLikePairingString(row.tags) ? null : readTagNames(row.tags);
  const tagProblem = tags && findTagProblem(tags);
  if (tagProblem) problems.push(ofTags(tagProblem));
  const hours = readGivenHours(row, now);
  problems.push(...hours.problems);
  if (row.crmId && !CRM_ID.test(row.crmId)) problems.push(plainProblem("crm_id_not_digits"));
  if (typeof connection === "string") problems.push(plainProblem(connection));

  return {
    rowNumber: row.rowNumber,
    organization: shown(row.organization),
    crmId: shown(row.crmId),
    name: shown(row.name),
    key: posServerKey(row.crmId, row.name),
    given: typeof connection === "string" ? null : connection,
    isConnectionKept,
    tags,
    openingHours: hours.given,
    problems,
  };
}

function ofTags(problem: TagProblem): RowProblem {
  return problem.code === "tag_too_long"
    ? { code: problem.code, values: { tag: problem.tag, maxLength: TAG_LIMITS.length } }
    : { code: problem.code, values: { maxTags: TAG_LIMITS.perPosServer } };
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
