import { chmodSync, chownSync, constants, copyFileSync, renameSync, rmSync, statSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { backupFolder, backupName } from "../backups/backup-names.ts";
import { makeBackup } from "../backups/make-backup.ts";
import { loadConfig } from "../settings-file.ts";
import { callOf } from "../translations/call-of.ts";
import { asRoot, isActing } from "./as-root.ts";
import { runCommand } from "./command-line.ts";

const USAGE = `Makes a backup of the database and its key; safe while the monitor runs.

  ${callOf("backup")}            into DATA_DIR/backups
  ${callOf("backup")} FOLDER     into this folder, which has to be there
  ${callOf("backup")} FILE       as a new file of this name, which has an extension: poswatch.backup

The file is a secret: whoever has it can read the tokens of the POS servers. It holds no log archives (ARCHIVE_DIR), no
sessions and no one-time links.
`;

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [target, ...more] = positionals;
  if (more.length > 0) throw new Error(USAGE);
  const { dataDir } = loadConfig(process.env);
  const now = Date.now();
  const file = asRoot(() => fileOf(target, dataDir, now));
  // Perhaps only root may write there, while the owner of the data makes it.
  const made = isActing() ? join(backupFolder(dataDir), backupName(now, "by hand")) : file;
  const bytes = await makeBackup({ dataDir, file: made, now });
  if (made !== file) asRoot(() => moveOut(made, file));
  process.stdout.write(`${file} (${bytes} bytes) is whole. It holds the key: keep it as a secret.\n`);
}

/** To another file system too: whole, or not at all; what is killed leaves a backup among the others. */
function moveOut(made: string, file: string): void {
  const part = `${file}.part`;
  rmSync(part, { force: true });
  try {
    copyFileSync(made, part, constants.COPYFILE_EXCL);
    chownSync(part, 0, 0);
    chmodSync(part, 0o600);
    renameSync(part, file);
  } finally {
    rmSync(made, { force: true });
    rmSync(part, { force: true });
  }
}

function fileOf(target: string | undefined, dataDir: string, now: number): string {
  const name = backupName(now, "by hand");
  if (target === undefined) return join(backupFolder(dataDir), name);
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return join(resolve(target), name);
  if (stats) throw new Error(`${target} is there already: name a folder or a new file.`);
  if (extname(target) !== "" && !/[/\\]$/.test(target)) return resolve(target);
  throw new Error(
    `There is no folder ${target}: make it, or mount what it is on, and repeat. A file has an extension, such as .backup`,
  );
}

runCommand(USAGE, main);
