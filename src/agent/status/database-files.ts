import type { FileSetConfig } from "../config.ts";
import { findFiles } from "../find-files.ts";

export interface DatabaseFiles {
  exists: boolean;
  bytes: number;
  /** ms UTC of the oldest file; null without files. */
  createdAt: number | null;
  /** ms UTC of the last change; null without files. */
  modifiedAt: number | null;
}

/**
 * Looks at the files of the database; no file at all is a database that does not exist.
 * @throws when the folder cannot be read.
 */
export async function readDatabaseFiles(config: FileSetConfig): Promise<DatabaseFiles> {
  const { files, problems } = await findFiles(config.directory, config.files);
  if (problems.length > 0) throw new Error(problems.join("; "));
  if (files.length === 0) return { exists: false, bytes: 0, createdAt: null, modifiedAt: null };
  return {
    exists: true,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    createdAt: Math.min(...files.map((file) => file.createdAt)),
    modifiedAt: Math.max(...files.map((file) => file.modifiedAt)),
  };
}
