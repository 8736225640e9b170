import { execFile } from "node:child_process";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs, promisify } from "node:util";
import { collectSupport, zipOf } from "../about/support/collect.ts";
import { readId } from "../forms/fields.ts";
import { openArchiveStore } from "../log-archives/store/store.ts";
import { callOf } from "../translations/call-of.ts";
import { presentationFor } from "../viewer/viewer.ts";
import { runCommand, withDatabase } from "./command-line.ts";

const USAGE = `Collects what helps those who support Poswatch into one zip, with guests and secrets masked: look into it before you send it.
Its page collects more, as it can ask agents.

  ${callOf("support")} FILE.zip [--pos-server ID]…
`;
const LOG_LINES = "2000";
const execute = promisify(execFile);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "pos-server": { type: "string", multiple: true, default: [] } },
  });
  const [file, ...more] = positionals;
  const ids = values["pos-server"].map(readId).filter((id) => id !== null);
  if (!file || more.length > 0 || ids.length < values["pos-server"].length) throw new Error(USAGE);
  if (existsSync(file)) throw new Error(`${file} is there already: name a new file.`);
  await withDatabase(async (database, config) => {
    const known = await database.db.selectFrom("posServer").select("id").where("id", "in", ids).execute();
    const missing = ids.filter((id) => !known.some((posServer) => posServer.id === id));
    if (missing.length > 0) throw new Error(`There is no POS server ${missing.join(", ")}.`);
    const log = await readLog(config.dataDir);
    const archiveStore = openArchiveStore(config.archiveDir);
    const installed = { config, database, clock: Date.now, recentLog: () => log, archiveStore };
    const viewer = { ...presentationFor("en", "UTC"), organizations: "all" as const };
    const files = await collectSupport(installed, null, viewer, ids, AbortSignal.timeout(60_000));
    await pipeline(zipOf(files), createWriteStream(file, { flags: "wx", mode: 0o600 }));
    process.stdout.write(`${files.map(({ name }) => name).join("\n")}\nare in ${file}\n`);
  });
}

/** What a service has said: in its file, or in the journal of the system. */
async function readLog(dataDir: string): Promise<string> {
  try {
    if (process.platform === "win32") return readFileSync(join(dataDir, "monitor.log"), "utf8");
    return (await execute("journalctl", ["-u", "poswatch", "-n", LOG_LINES, "-o", "cat", "--no-pager"]))
      .stdout;
  } catch (error) {
    return `not read: ${error}`;
  }
}

runCommand(USAGE, main);
