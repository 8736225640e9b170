export const DATABASE_FILE = "poswatch.db";
/** In the folder of log archives; names the database that they belong to. */
export const ARCHIVES_MARKER_FILE = ".poswatch-archives";
