/** The name of the database in the data folder. */
export const DATABASE_FILE = "poswatch.db";
/** Lies in the folder of log archives and names the database that they belong to. */
export const ARCHIVES_MARKER_FILE = ".poswatch-archives";
