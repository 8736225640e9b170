import { SCHEDULE_LIMITS } from "../../fleet/opening-hours/read-schedule.ts";
import { MAX_NAME_LENGTH } from "../registry/names.ts";
import type { ImportColumn } from "./columns.ts";

export const MAX_FILE_BYTES = 5 * 1024 * 1024;
export const MAX_INFLATED_BYTES = 100 * 1024 * 1024;
export const MAX_FILE_ROWS = 10_000;
/** For titles and remarks. */
export const MAX_ROWS_ABOVE_HEADINGS = 20;
/** Longer cells are cut when read, just beyond what is allowed. */
export const MAX_CELL_LENGTHS: Record<ImportColumn, number> = {
  organization: MAX_NAME_LENGTH + 1,
  crmId: 64,
  name: MAX_NAME_LENGTH + 1,
  connection: 1_024,
  token: 300,
  computer: MAX_NAME_LENGTH + 1,
  phone: 100,
  tags: 2_000,
  hours: SCHEDULE_LIMITS.characters + 1,
  works: SCHEDULE_LIMITS.characters + 1,
  timeZone: 100,
  key: 64,
};
export const MAX_HEADING_LENGTH = 100;
/** Of columns that are not read; further ones are not named. */
export const MAX_UNREAD_COLUMNS = 20;
export const PARSE_TIMEOUT_MS = 20_000;
/** Needed for 100 MB of XML; limits a hostile file. */
export const PARSE_HEAP_MEGABYTES = 512;
