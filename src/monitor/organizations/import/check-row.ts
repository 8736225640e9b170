import { searchText } from "../../database/text.ts";
import type { OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import {
  readHours,
  readWorks,
  SCHEDULE_LIMITS,
  type ScheduleProblem,
} from "../../fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../../fleet/opening-hours/schedule.ts";
import { type GivenConnection, looksLikePairingString, readConnection } from "../../registry/connection.ts";
import { MAX_NAME_LENGTH } from "../../registry/names.ts";
import { readPhone } from "../../restaurants/notes.ts";
import { findTagProblem, readTagNames, TAG_LIMITS } from "../../restaurants/tags.ts";
import texts from "../../translations/ru/organizations.json" with { type: "json" };
import { readTimeZone } from "../../viewer/time-zones.ts";
import { COLUMNS, type ImportColumn, isEmptying, OF_POS_SERVER, REQUIRED_COLUMN } from "./columns.ts";
import type { RawRow } from "./read-rows.ts";

/** Why a row cannot be imported, with values for the message, but never a pairing string or a token. */
export interface RowProblem {
  code: keyof typeof texts.import.rowProblem | keyof typeof texts.connectionProblem;
  /** `column`: the name of an `ImportColumn`. */
  values: Record<string, string | number>;
}

const CRM_ID = /^\d{1,20}$/;
const SCHEDULE_PROBLEMS = {
  not_understood: "schedule_not_understood",
  ends_before_it_begins: "schedule_ends_before_it_begins",
  already_over: "schedule_already_over",
} as const;
const NAME_COLUMNS = ["organization", "name", "computer"] as const;

/** A row of the file, checked without the registry and other rows. */
export interface CheckedRow {
  rowNumber: number;
  /** May be shown: cut, and without pairing strings. */
  organization: string;
  crmId: string;
  /** Empty = the row is about the organization alone. */
  name: string;
  /** The same for the same CrmId and name, in any letter case. */
  key: string;
  /** null = the file does not say, or it has a problem. */
  given: GivenConnection | null;
  /** The row has no connection: that of a registered POS server stays. */
  isConnectionKept: boolean;
  /** As `rowKey` makes it; null = the file does not say. */
  rowKey: string | null;
  /** null = the file does not say; empty = none any more. */
  computer: string | null;
  phone: string | null;
  tags: string[] | null;
  openingHours: GivenHours;
  problems: RowProblem[];
}

/** What the file says; null and no works = none any more. */
export type GivenHours = Partial<OpeningHours>;

/** The last zone in which days end, so that no works count as over that are still to come somewhere. */
export const ANY_ZONE = "Etc/GMT+12";

/** Checks one row by itself. @param now ms UTC, for dates without a year. */
export function checkRow(row: RawRow, now: number): CheckedRow {
  const connection = row.connection ? readConnection(row.connection, row.token) : null;
  const isConnectionKept = row.connection === "" && row.token === "";
  const misplaced = COLUMNS.filter(
    (column) => column !== "connection" && looksLikePairingString(row[column]),
  );
  const tooLong = NAME_COLUMNS.filter((column) => row[column].length > MAX_NAME_LENGTH);
  const problems: RowProblem[] = [
    ...(row.isTooWide ? [rowProblem("too_many_cells")] : []),
    ...(row[REQUIRED_COLUMN] ? [] : [missingField(REQUIRED_COLUMN)]),
    ...(!row.name && OF_POS_SERVER.some((column) => row[column]) ? [missingField("name")] : []),
    ...(connection === null && !isConnectionKept ? [missingField("connection")] : []),
    ...misplaced.map((column) => rowProblem("pairing_string_in_wrong_column", { column })),
    ...tooLong.map((column) => rowProblem("name_too_long", { column, maxLength: MAX_NAME_LENGTH })),
  ];
  const phone = isEmptying(row.phone) ? "" : (readPhone(row.phone)?.text ?? null);
  if (row.phone && phone === null) problems.push(rowProblem("no_phone"));
  const tags =
    row.tags === "" || looksLikePairingString(row.tags)
      ? null
      : readTagNames(isEmptying(row.tags) ? "" : row.tags);
  const tagProblem = tags && findTagProblem(tags);
  if (tagProblem) {
    const tag = "tag" in tagProblem ? tagProblem.tag : "";
    const limits = { maxLength: TAG_LIMITS.length, maxTags: TAG_LIMITS.perPosServer };
    problems.push(rowProblem(tagProblem.code, { tag, ...limits }));
  }
  const hours = readGivenHours(row, now);
  problems.push(...hours.problems);
  if (row.crmId && !CRM_ID.test(row.crmId)) problems.push(rowProblem("crm_id_not_digits"));
  if (typeof connection === "string") problems.push(rowProblem(connection));

  return {
    rowNumber: row.rowNumber,
    organization: shown(row.organization),
    crmId: shown(row.crmId),
    name: shown(row.name),
    key: posServerKey(row.crmId, row.name),
    given: typeof connection === "string" ? null : connection,
    isConnectionKept,
    rowKey: row.key || null,
    computer: isEmptying(row.computer) ? "" : shown(row.computer) || null,
    phone,
    tags,
    openingHours: hours.given,
    problems,
  };
}

export function missingField(column: ImportColumn): RowProblem {
  return rowProblem("missing_field", { column });
}

export function posServerKey(crmId: string, name: string): string {
  return searchText(crmId, name);
}

function shown(text: string): string {
  return looksLikePairingString(text) ? "" : text.slice(0, MAX_NAME_LENGTH);
}

function readGivenHours(row: RawRow, now: number): { given: GivenHours; problems: RowProblem[] } {
  const given: GivenHours = {};
  const problems: RowProblem[] = [];
  const [zoneText = "", hoursText = "", worksText = ""] = [row.timeZone, row.hours, row.works].map(quotable);
  if (isEmptying(zoneText)) given.timeZone = null;
  else if (zoneText) {
    const timeZone = readTimeZone(zoneText);
    if (timeZone !== null) given.timeZone = timeZone;
    else problems.push(rowProblem("unknown_time_zone", { column: "timeZone", timeZone: zoneText }));
  }
  if (isEmptying(hoursText)) given.hours = null;
  else if (hoursText) {
    const read = readHours(hoursText);
    if (read.ok) given.hours = read.value;
    else problems.push(problemOf("hours", read.problem));
  }
  if (isEmptying(worksText)) given.works = NO_WORKS;
  else if (worksText) {
    const read = readWorks(worksText, given.timeZone ?? ANY_ZONE, now);
    if (read.ok) given.works = read.value;
    else problems.push(problemOf("works", read.problem));
  }
  return { given, problems };
}

/** Misunderstood text is quoted, but never a pairing string, which is a problem of its own. */
function quotable(text: string): string {
  return looksLikePairingString(text) ? "" : text;
}

function problemOf(column: "hours" | "works", problem: ScheduleProblem): RowProblem {
  if (problem.code !== "too_long")
    return rowProblem(SCHEDULE_PROBLEMS[problem.code], { column, part: problem.part });
  const { characters: maxLength, spans: maxSpans } = SCHEDULE_LIMITS;
  return rowProblem("schedule_too_long", { column, maxLength, maxSpans });
}

export function rowProblem(code: RowProblem["code"], values: RowProblem["values"] = {}): RowProblem {
  return { code, values };
}
