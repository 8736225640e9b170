import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseConfig } from "../config/config.ts";
import { type FileFormat, readFileFormat } from "../database/file-format.ts";
import { findDatabaseFiles } from "../database/find-database-files.ts";
import { nameHolders } from "../database/open-files.ts";
import type { FoundFile } from "../files/find-files.ts";
import type { Check, CheckResult } from "./check.ts";

/** A database that grows is short of its own size for a moment. */
const LOOK_AGAIN_MS = 500;
const OPENED_BY_ITS_SERVER_ALONE = ["EBUSY", "EPERM"];

/** Whether there is a database that can be read, as far as it shows without asking its server; and who has it open. */
export function databaseCheck(config: DatabaseConfig): Check {
  return {
    id: "database",
    async run(signal) {
      const files = await findDatabaseFiles(config);
      if (files.length === 0) return { outcome: "failed", detail: "missing" };
      if (files.every(({ bytes }) => bytes === 0)) return { outcome: "failed", detail: "empty" };
      const found = await look(files);
      if (found.detail !== "truncated") return found;
      await delay(LOOK_AGAIN_MS, undefined, { signal });
      return await look(files);
    },
  };
}

async function look(files: readonly FoundFile[]): Promise<CheckResult> {
  let value: FileFormat["format"] = "unknown";
  let isRefused = false;
  for (const { path, bytes } of files) {
    if (bytes === 0) continue;
    try {
      const { format, fault } = await readFileFormat(path);
      if (value === "unknown") value = format;
      if (fault !== null) return { outcome: "failed", value: format, detail: fault };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // Gone since they were listed, or in use, as a database should be.
      if (code === "ENOENT") continue;
      if (!OPENED_BY_ITS_SERVER_ALONE.includes(code))
        return { outcome: "failed", value, detail: `unreadable:${code}` };
      isRefused = true;
    }
  }
  const holders = await nameHolders(files, isRefused);
  return { outcome: "ok", value, detail: holders === null ? null : `held:${holders}` };
}
