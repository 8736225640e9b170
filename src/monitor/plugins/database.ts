import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import { errorText } from "../../protocol/error-text.ts";
import { checkPages, explainDamage, findDamageInWorker, isLarge } from "../database/check-pages.ts";
import { checkpointInThread } from "../database/checkpoints.ts";
import { DATABASE_FILE, requireWholeDataFolder, sealedSecrets } from "../database/data-folder.ts";
import { lockDataFolder } from "../database/lock.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { type OpenDatabase, openDatabase } from "../database/open.ts";
import { openSecretBox, type SecretBox } from "../secrets/secret-box.ts";

declare module "fastify" {
  interface FastifyInstance {
    database: OpenDatabase;
    secretBox: SecretBox;
  }
}

/** Short, since nothing else runs while the driver waits; what is locked for longer is tried again later. */
const BUSY_TIMEOUT_MS = 250;

/** Opens the data folder: the database, which it migrates, and the box for secrets. */
export default fp(
  async (app) => {
    const { dataDir } = app.config;
    makeDataFolder(dataDir);
    const releaseLock = lockDataFolder(dataDir);
    app.addHook("onClose", async () => releaseLock());
    requireWholeDataFolder(app.config);
    const file = join(dataDir, DATABASE_FILE);
    const database = openDatabase(file, BUSY_TIMEOUT_MS);
    app.decorate("database", database);
    const large = isLarge(database);
    const endThread = large ? checkpointInThread(database.sqlite, app.log) : null;
    app.addHook("onClose", async () => {
      await endThread?.();
      await database.db.destroy();
    });
    if (large) app.addHook("onListen", async () => void checkLater(app, file));
    else checkPages(database.sqlite);
    const migrations = await migrateDatabase(database);
    if (migrations.length > 0) app.log.info({ migrations }, "The database was brought to the newest schema");
    database.storage.onChange((problem) => {
      if (problem) app.log.error({ problem }, "The database cannot be used as it should");
      else app.log.info("The database is written again");
    });
    app.decorate("secretBox", openSecretBox(dataDir, sealedSecrets(database.sqlite)));
  },
  { name: "database" },
);

/** Checks a large database while the monitor is running; its pages report damage. */
async function checkLater({ database, log }: FastifyInstance, file: string): Promise<void> {
  try {
    const damage = await findDamageInWorker(file);
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
