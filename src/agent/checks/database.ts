import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseConfig } from "../config/config.ts";
import { findDatabaseFiles } from "../database/database-files.ts";
import { type FileFormat, readFileFormat } from "../database/file-format.ts";
import { nameHolders } from "../database/open-files.ts";
import type { FoundFile } from "../files/find-files.ts";
import type { Check, CheckResult } from "./check.ts";

/** A database that is growing may briefly be shorter than its header says, and a new one is empty. */
const LOOK_AGAIN_MS = 500;
const FAULTS_FOR_A_MOMENT: unknown[] = ["truncated", "empty"];
/** No fault: the POS server has rights of its own. */
const CLOSED_TO_THE_AGENT = ["EACCES", "EPERM"];

/** Whether the database files can be read and look whole, without asking a database server, and who has them open. */
export function databaseCheck(config: DatabaseConfig): Check {
  return {
    id: "database",
    async run(signal) {
      const files = await findDatabaseFiles(config);
      if (files.length === 0) return { outcome: "failed", detail: "missing" };
      const found = await look(files);
      if (!FAULTS_FOR_A_MOMENT.includes(found.detail)) return found;
      await delay(LOOK_AGAIN_MS, undefined, { signal });
      return await look(files);
    },
  };
}

async function look(files: readonly FoundFile[]): Promise<CheckResult> {
  let value: FileFormat["format"] = "unknown";
  let isInUse = false;
  let refusal: string | null = null;
  for (const file of files) {
    try {
      const { format, fault } = await readFileFormat(file.path);
      if (value === "unknown") value = format;
      if (fault === null || (fault === "empty" && isCompanion(file, files))) continue;
      return { outcome: "failed", value: format, detail: fault };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // Removed since they were listed.
      if (code === "ENOENT") continue;
      if (code === "EBUSY") isInUse = true;
      else if (CLOSED_TO_THE_AGENT.includes(code)) refusal = code;
      else return { outcome: "failed", value, detail: `unreadable:${code}` };
    }
  }
  if (refusal !== null) return { outcome: "unknown", value, detail: `unreadable:${refusal}` };
  const holders = await nameHolders(files, isInUse);
  if (holders === null) return { outcome: "ok", value };
  return { outcome: "ok", value, detail: `${holders.isGuess ? "held_perhaps" : "held"}:${holders.programs}` };
}

/** A journal such as `pos.db-wal` begins with the name of its database, and may be empty. */
function isCompanion({ name }: FoundFile, files: readonly FoundFile[]): boolean {
  return files.some((other) => other.name !== name && name.startsWith(other.name));
}
