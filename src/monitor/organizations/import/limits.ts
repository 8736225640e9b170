export const MAX_FILE_BYTES = 5 * 1024 * 1024;
export const MAX_INFLATED_BYTES = 100 * 1024 * 1024;
export const MAX_FILE_ROWS = 10_000;
/** Titles and remarks may stand above the headings. */
export const MAX_ROWS_ABOVE_HEADINGS = 20;
/** Longer cells are cut; what needs more is malformed anyway. */
export const MAX_CELL_LENGTH = 4_096;
export const PARSE_TIMEOUT_MS = 20_000;
/** 100 MB of XML cannot be read in less; it bounds what one hostile file can take. */
export const PARSE_HEAP_MEGABYTES = 512;
