import type { Test } from "tap";
import { prepareLog } from "../../src/monitor/log-viewer/prepare-log.ts";
import { openPreparedLog, type PreparedLog } from "../../src/monitor/log-viewer/prepared-log.ts";
import { makeFolder } from "./folder.ts";
import { writeLogZip } from "./viewed-archive.ts";

/** Prepares one log as the worker of the cache does. */
export async function prepareTestLog(
  t: Test,
  content: string | Buffer | Iterable<Buffer>,
): Promise<PreparedLog> {
  const directory = makeFolder(t);
  const zipFile = `${directory}.zip`;
  await writeLogZip(zipFile, { "sync.log": content });
  const task = { zipFile, position: 1, directory, maxBytes: 1024 ** 3, reservedBytes: 0 };
  await prepareLog(task, () => {});
  const log = await openPreparedLog(directory);
  if (!log) throw new Error("nothing was prepared");
  return log;
}
