import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { startPoswatch } from "../helpers/program.ts";

/** As most shells have it. */
const COMMON_UMASK = 0o022;

/** A folder that an administrator has made for it, open to everybody. */
function makeOpenFolder(t: Test): string {
  const before = process.umask(COMMON_UMASK);
  t.teardown(() => process.umask(before));
  const folder = makeFolder(t);
  chmodSync(folder, 0o755);
  return folder;
}

function openToOthers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => (statSync(join(folder, name)).mode & 0o077) !== 0,
  );
}

t.test("in a folder that is open to others the monitor's files are not", async (t) => {
  const dataDir = makeOpenFolder(t);
  await startMonitorProcess(t, dataDir);
  t.ok(readdirSync(dataDir).includes("poswatch.db-wal"));
  t.same(openToOthers(dataDir), []);
});

t.test("nor what a command makes there", async (t) => {
  const dataDir = makeOpenFolder(t);
  const env = { DATA_DIR: dataDir };
  const list = startPoswatch(t, ["user", "list"], { env });
  t.equal(await list.ended, 0);
  t.ok(readdirSync(dataDir).includes("poswatch.db"));
  t.same(openToOthers(dataDir), []);
});
