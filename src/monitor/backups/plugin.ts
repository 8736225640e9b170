import { mkdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import fp from "fastify-plugin";
import { runInWorker } from "../../protocol/run-in-worker.ts";
import { DATABASE_FILE } from "../database/data-folder.ts";
import type { Db } from "../database/schema.ts";
import { readSettings } from "../installation/settings.ts";
import { RESERVED_BYTES, readFreeBytes } from "../log-archives/store/store.ts";
import { backupFolder, backupName, listAbandonedParts, listNightlyBackups } from "./backup-names.ts";
import type { BackupTask } from "./make-backup.ts";

const WORKER = new URL("./backup-worker.ts", import.meta.url);
const LIMITS = { timeoutMs: 30 * 60_000, maxHeapMegabytes: 64 };

declare module "fastify" {
  interface FastifyInstance {
    backUpNightly(): Promise<void>;
  }
}

/** Makes a backup every night; while that fails, every page shows it to administrators. */
export default fp(
  async (app) => {
    let failedAt: number | null = null;
    app.decorate("backUpNightly", async () => {
      const now = app.clock();
      try {
        const backup = await backUpNightly(app.database.db, app.config.dataDir, now);
        app.log.info(backup, "The backup of the night was made");
        failedAt = null;
      } catch (error) {
        failedAt ??= now;
        throw error;
      }
    });
    app.pageNoticeFinders.push(async ({ user, t, format }) => {
      if (!user?.isAdministrator || failedAt === null) return [];
      return [{ text: t("nightlyBackupFailed", { time: format.clock(failedAt, app.clock()) }) }];
    });
  },
  { name: "backups", dependencies: ["database", "page-notices"] },
);

/**
 * Makes the nightly backup, then removes those beyond the setting.
 * @returns what was made, for the log.
 * @throws Error without room, or with a damaged database; then nothing is removed.
 */
export async function backUpNightly(db: Db, dataDir: string, now: number) {
  const folder = backupFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await listAbandonedParts(folder, now)) await rm(join(folder, name), { force: true });
  await requireRoom(folder, join(dataDir, DATABASE_FILE));
  const file = join(folder, backupName(now, "nightly"));
  const task: BackupTask = { dataDir, file, now };
  const bytes = await runInWorker<number>(WORKER, task, LIMITS);

  const { nightlyBackups } = await readSettings(db);
  const names = await listNightlyBackups(folder);
  // Later names are from when the clock was ahead: those backups are older.
  const ahead = names.splice(names.indexOf(basename(file)) + 1);
  const old = [...ahead, ...names].slice(0, -nightlyBackups);
  for (const name of old) await rm(join(folder, name));
  return { file, bytes, removed: old.length };
}

async function requireRoom(folder: string, databaseFile: string): Promise<void> {
  const freeBytes = await readFreeBytes(folder);
  const needed = (await stat(databaseFile)).size + RESERVED_BYTES;
  if (freeBytes >= needed) return;
  throw new Error(
    `No backup is made: the disk of ${folder} has ${freeBytes} bytes free, and ${needed} are needed`,
  );
}
