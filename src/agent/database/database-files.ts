import type { DatabaseConfig } from "../config/config.ts";
import { findDatabaseFiles } from "./find-database-files.ts";

export interface DatabaseFiles {
  exists: boolean;
  bytes: number;
  /** ms UTC of the oldest file; null without files. */
  createdAt: number | null;
  /** ms UTC of the last change; null without files. */
  modifiedAt: number | null;
}

/**
 * Looks at the files of the database; no file at all is a database that does not exist, and none is older than
 * `emptiedAt` (ms UTC), when there was none.
 * @throws when the folder cannot be read.
 */
export async function readDatabaseFiles(
  config: DatabaseConfig,
  emptiedAt: number | null = null,
): Promise<DatabaseFiles> {
  const files = await findDatabaseFiles(config);
  if (files.length === 0) return { exists: false, bytes: 0, createdAt: null, modifiedAt: null };
  return {
    exists: true,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    createdAt: Math.max(Math.min(...files.map((file) => file.createdAt)), emptiedAt ?? 0),
    modifiedAt: Math.max(...files.map((file) => file.modifiedAt)),
  };
}
