import { accessSync, chmodSync, constants, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import { errorText } from "../../protocol/error-text.ts";
import { runInWorker } from "../../protocol/run-in-worker.ts";
import { checkPages, explainDamage, isQuicklyChecked } from "../database/check-pages.ts";
import { requireWholeDataFolder } from "../database/data-folder.ts";
import { DATABASE_FILE } from "../database/file.ts";
import { lockDataFolder } from "../database/lock.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { type OpenDatabase, openDatabase } from "../database/open.ts";
import { sealedSecrets } from "../database/sealed-secrets.ts";
import { openSecretBox, type SecretBox } from "../secrets/secret-box.ts";

declare module "fastify" {
  interface FastifyInstance {
    database: OpenDatabase;
    secretBox: SecretBox;
  }
}

export interface DatabaseOptions {
  /** The revision is another one at each look, so that nothing is kept that templates rendered before they changed. */
  isDevelopment: boolean;
}

/** The driver waits without letting anything else run: what is locked for longer is tried again later. */
const BUSY_TIMEOUT_MS = 250;

const CHECK_WORKER = new URL("../database/check-worker.ts", import.meta.url);
const CHECK_LIMITS = { timeoutMs: 10 * 60_000, maxHeapMegabytes: 32 };

/** Opens the data folder: database, brought to the newest schema, and the box for secrets. */
export default fp<DatabaseOptions>(
  async (app, { isDevelopment }) => {
    const { dataDir } = app.config;
    makeDataFolder(dataDir);
    const releaseLock = lockDataFolder(dataDir);
    app.addHook("onClose", async () => releaseLock());
    requireWholeDataFolder(app.config);
    const file = join(dataDir, DATABASE_FILE);
    keepFromOthers(file);
    const database = openDatabase(file, BUSY_TIMEOUT_MS);
    let looks = 0;
    app.decorate("database", isDevelopment ? { ...database, revision: () => looks++ } : database);
    app.addHook("onClose", async () => {
      await database.db.destroy();
    });
    database.storage.onChange((problem) => {
      if (problem) app.log.error({ problem }, "The database cannot be used as it should");
      else app.log.info("The database is written again");
    });
    if (isQuicklyChecked(database)) checkPages(database.sqlite);
    else app.addHook("onListen", async () => void checkLater(app, file));
    const migrations = await migrateDatabase(database);
    if (migrations.length > 0) app.log.info({ migrations }, "The database was brought to the newest schema");
    app.decorate("secretBox", openSecretBox(dataDir, sealedSecrets(database.sqlite)));
  },
  { name: "database" },
);

/** Of a large database, while the monitor runs already: the pages say what is found. */
async function checkLater({ database, log }: FastifyInstance, file: string): Promise<void> {
  try {
    const damage = await runInWorker<string | null>(CHECK_WORKER, file, CHECK_LIMITS);
    if (damage !== null) database.storage.reportDamage(explainDamage(file, damage));
  } catch (error) {
    log.error({ err: error }, "The pages of the database could not be looked through");
  }
}

function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainFolder(`The data folder ${dataDir} cannot be made`, error);
  }
  try {
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw explainFolder(`The data folder ${dataDir} cannot be written to`, error);
  }
}

function explainFolder(problem: string, error: unknown): Error {
  const reason = errorText(error);
  return new Error(`${problem}: ${reason}. Set DATA_DIR to a folder that Poswatch may write to.`, {
    cause: error,
  });
}

/** New files are closed to others by the umask of the program; those of older versions were not. */
function keepFromOthers(file: string): void {
  for (const one of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(one)) chmodSync(one, 0o600);
}
