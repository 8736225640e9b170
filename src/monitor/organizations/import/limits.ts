export const MAX_FILE_BYTES = 5 * 1024 * 1024;
export const MAX_INFLATED_BYTES = 100 * 1024 * 1024;
export const MAX_FILE_ROWS = 10_000;
/** For titles and remarks. */
export const MAX_ROWS_ABOVE_HEADINGS = 20;
export const MAX_HEADING_LENGTH = 100;
/** Of columns that are not read; further ones are not named. */
export const MAX_UNREAD_COLUMNS = 20;
export const PARSE_TIMEOUT_MS = 20_000;
/** Needed for 100 MB of XML; limits a hostile file. */
export const PARSE_HEAP_MEGABYTES = 512;
