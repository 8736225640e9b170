import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fp from "fastify-plugin";
import { migrateDatabase } from "../database/migrate.ts";
import { type OpenDatabase, openDatabase } from "../database/open.ts";
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

export const DATABASE_FILE = "poswatch.db";

/** Opens the data folder: database, brought to the newest schema, and the box for secrets. */
export default fp<DatabaseOptions>(
  async (app, { isDevelopment }) => {
    const { dataDir } = app.config;
    makeDataFolder(dataDir);
    const database = openDatabase(join(dataDir, DATABASE_FILE), BUSY_TIMEOUT_MS);
    let looks = 0;
    app.decorate("database", isDevelopment ? { ...database, revision: () => looks++ } : database);
    app.addHook("onClose", async () => {
      await database.db.destroy();
    });
    const migrations = await migrateDatabase(database);
    if (migrations.length > 0) app.log.info({ migrations }, "The database was brought to the newest schema");
    app.decorate("secretBox", openSecretBox(dataDir));
  },
  { name: "database" },
);

function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(
      `The data folder ${dataDir} cannot be made: ${error instanceof Error ? error.message : String(error)}. Set DATA_DIR to a folder that Poswatch may write to.`,
      { cause: error },
    );
  }
}
