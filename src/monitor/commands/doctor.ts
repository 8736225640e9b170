import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { examine } from "../about/examine.ts";
import { DatabaseUnusable } from "../about/finding.ts";
import type { Config } from "../config.ts";
import { DATABASE_FILE, requireWholeDataFolder } from "../database/data-folder.ts";
import { explainFailure } from "../database/disk-full.ts";
import { type OpenDatabase, openDatabase } from "../database/open.ts";
import { loadConfig } from "../settings-file.ts";
import { callOf } from "../translations/call-of.ts";
import { presentationFor } from "../viewer/viewer.ts";
import { runCommand } from "./command-line.ts";

const USAGE = `Looks at everything that Poswatch needs, and says in words what is wrong; safe while it runs. Ends with 1 where something is.

  ${callOf("doctor")}
`;
const MARKS = { ok: "+", warning: "!", failed: "-" };

async function main(): Promise<void> {
  parseArgs();
  const config = loadConfig(process.env);
  // In the language of whoever is at the machine.
  const isRussian = Intl.DateTimeFormat().resolvedOptions().locale.startsWith("ru");
  const words = presentationFor(isRussian ? "ru" : "en", undefined);
  let opened: OpenDatabase | null = null;
  const database = () => {
    try {
      opened ??= openWhole(config);
      return opened;
    } catch (error) {
      throw new DatabaseUnusable(explainFailure(error, config.dataDir));
    }
  };
  const examined = {
    config,
    now: Date.now(),
    get db() {
      return database().db;
    },
    get sqlite() {
      return database().sqlite;
    },
  };
  const findings = await examine(examined);
  for (const { name, status, text } of findings)
    process.stdout.write(`${MARKS[status]} ${words.t(`about.name.${name}`)}: ${text(words)}\n`);
  if (findings.some(({ status }) => status === "failed")) process.exitCode = 1;
}

/** @throws with what to do when it is damaged, or was never filled. */
function openWhole(config: Config): OpenDatabase {
  requireWholeDataFolder(config);
  const file = join(config.dataDir, DATABASE_FILE);
  if (!existsSync(file)) throw new Error(`${file} is not there: Poswatch makes it at its first start`);
  const opened = openDatabase(file);
  const isFilled = opened.sqlite.prepare("select 1 from sqlite_schema where name = 'monitor_run'").get();
  if (!isFilled) throw new Error(`${file} is empty: Poswatch fills it at its next start`);
  return opened;
}

runCommand(USAGE, main);
