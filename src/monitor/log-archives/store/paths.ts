import { randomBytes } from "node:crypto";
import { archiveName, type NamedArchive } from "./archive-name.ts";
import { safeName } from "./safe-name.ts";

export const PART_SUFFIX = ".part";

/** Organization, POS server and day. */
export const FOLDERS_OF_A_PATH = 3;
const FILE_NAME = /^pos-[a-z0-9-]+_(\d{1,15})-[0-9a-f]{8}\.zip(\.part)?$/;

export interface ArchiveToStore extends NamedArchive {
  archiveId: number;
  organizationName: string;
}

/**
 * Where an archive is kept, relative to ARCHIVE_DIR with `/`: `organization/POS server/day/name`. The name is its own
 * each time it is asked for, so that folders which two POS servers share, letter case, an older database over the same
 * store, or two processes never lead to one file.
 */
export function newArchivePath(archive: ArchiveToStore): string {
  const { organizationName, posServerName, day, archiveId } = archive;
  const own = `${archiveId}-${randomBytes(4).toString("hex")}`;
  const name = archiveName(archive).replace(/\.zip$/, `_${own}.zip`);
  return [safeName(organizationName), safeName(posServerName), day, name].join("/");
}

/** What the name of a file of this store says; null for files that are none of its own. */
export function readStoredName(name: string): { archiveId: number; isPart: boolean } | null {
  const match = name.match(FILE_NAME);
  return match ? { archiveId: Number(match[1]), isPart: match[2] !== undefined } : null;
}
