export const MAX_FILE_BYTES = 5 * 1024 * 1024;
export const MAX_INFLATED_BYTES = 100 * 1024 * 1024;
export const MAX_FILE_ROWS = 10_000;
