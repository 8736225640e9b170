import { join } from "node:path";
import { quarantineTexts } from "../texts/quarantine-texts.ts";
import { hashFile, type ManifestFile } from "./manifest.ts";
import { exists } from "./move-file.ts";
import { RestoreError } from "./restore-error.ts";

export interface VerifiedFiles {
  inQuarantine: ManifestFile[];
  /** Back in the folder of the database since a restore that was cut short. */
  inPlace: ManifestFile[];
}

/** Compares every file of a manifest with its hash. @throws RestoreError when one is missing or another. */
export async function verifyFiles(
  files: readonly ManifestFile[],
  folder: string,
  databaseDirectory: string,
): Promise<VerifiedFiles> {
  const verified: VerifiedFiles = { inQuarantine: [], inPlace: [] };
  for (const file of files) {
    if (await exists(join(folder, file.name))) {
      if (!(await isUnchanged(join(folder, file.name), file)))
        throw new RestoreError(quarantineTexts.differs(file.name));
      verified.inQuarantine.push(file);
    } else {
      const path = join(databaseDirectory, file.name);
      if (!(await exists(path)) || !(await isUnchanged(path, file)))
        throw new RestoreError(quarantineTexts.missing(file.name));
      verified.inPlace.push(file);
    }
  }
  return verified;
}

async function isUnchanged(path: string, { bytes, sha256 }: ManifestFile): Promise<boolean> {
  const found = await hashFile(path);
  return found.bytes === bytes && found.sha256 === sha256;
}
