import { chownSync, constants, copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readBackup, restoreBackup } from "../backups/restore-backup.ts";
import { lockDataFolder } from "../database/lock.ts";
import { loadConfig } from "../settings-file.ts";
import { callOf } from "../translations/call-of.ts";
import { asRoot, isActing } from "./as-root.ts";
import { OWNER, runCommand } from "./command-line.ts";

const USAGE = `Puts a backup in the place of the database and its key in DATA_DIR; the monitor must not run.

  ${callOf("restore")} FILE

FILE was made by hand or by night; one in which a single byte has changed is refused. What it replaces is kept
in DATA_DIR/replaced-….
`;

const WITHOUT_CHECKSUM =
  "A copy that a migration keeps has no checksum. Its database is in order; that no value in it has changed cannot be told.\n";

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new Error(USAGE);
  const { dataDir } = loadConfig(process.env);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const releaseLock = lockDataFolder(dataDir);
  const ownCopy = join(dataDir, "handed-in.backup");
  try {
    const given = resolve(file);
    const isHandedIn = isActing() && asRoot(() => statSync(given, { throwIfNoEntry: false })?.isFile());
    if (isHandedIn) handIn(given, ownCopy);
    const backup = await readBackup(isHandedIn ? ownCopy : given, dataDir);
    const kept = await restoreBackup(backup, dataDir, OWNER, Date.now());
    if (backup.sealedBytes === null) process.stdout.write(WITHOUT_CHECKSUM);
    if (kept) process.stdout.write(`What was there before is in ${kept}.\n`);
    process.stdout.write(
      "The backup is restored. Everybody has to sign in anew. No database is reset, no service started and no message sent until a system administrator confirms on the status page that the old monitor is gone.\nSettings (poswatch.env) are no part of a backup: on another machine set them again, and who encrypts by the command tls.\n",
    );
  } finally {
    rmSync(ownCopy, { force: true });
    releaseLock();
  }
}

/** What perhaps only root may read, for the owner of the data. */
function handIn(file: string, ownCopy: string): void {
  const [user = 0, group = 0] = [process.geteuid?.(), process.getegid?.()];
  rmSync(ownCopy, { force: true });
  asRoot(() => {
    copyFileSync(file, ownCopy, constants.COPYFILE_EXCL);
    chownSync(ownCopy, user, group);
  });
}

runCommand(USAGE, main);
