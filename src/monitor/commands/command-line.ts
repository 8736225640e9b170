import { join } from "node:path";
import { errorText } from "../../protocol/error-text.ts";
import type { Actor } from "../audit-log/record-event.ts";
import { type Config, dataDirOf } from "../config.ts";
import { DATABASE_FILE, requireWholeDataFolder } from "../database/data-folder.ts";
import { explainFailure } from "../database/disk-full.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { type OpenDatabase, openDatabase } from "../database/open.ts";
import { loadConfig } from "../settings-file.ts";

/** Whoever owns the machine. */
export const OWNER: Actor = { userId: null, login: "cli", name: null, address: "cli" };

/** `--help` prints the usage; an error is printed and makes the exit code 1, with the usage where an option is wrong. */
export function runCommand(
  usage: string,
  main: () => Promise<void>,
  explain: (error: unknown) => string = explainHere,
): void {
  if (process.argv.includes("--help")) {
    process.stdout.write(usage);
    return;
  }
  main().catch((error: unknown) => {
    const isUsage = (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(isUsage ? `${errorText(error)}\n\n${usage}` : `${explain(error)}\n`);
    process.exitCode = 1;
  });
}

function explainHere(error: unknown): string {
  return explainFailure(error, dataDirOf(process.env));
}

export async function withDatabase(
  work: (database: OpenDatabase, config: Config) => Promise<void>,
): Promise<void> {
  const config = loadConfig(process.env);
  requireWholeDataFolder(config);
  const database = openDatabase(join(config.dataDir, DATABASE_FILE));
  try {
    await migrateDatabase(database);
    await work(database, config);
  } finally {
    await database.db.destroy();
  }
}
