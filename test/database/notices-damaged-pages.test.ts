import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { damageTable } from "../helpers/damage.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { startProgram } from "../helpers/program.ts";

t.test("a database with one damaged page does not start, and says once what to do", async (t) => {
  const dataDir = makeFolder(t);
  const monitor = await startMonitorProcess(t, dataDir);
  monitor.child.kill("SIGTERM");
  await monitor.ended;
  damageTable(join(dataDir, DATABASE_FILE), "audit_event");

  const { db } = openDatabase(join(dataDir, DATABASE_FILE));
  await db.destroy();
  const again = startProgram(t, "src/monitor/server.ts", { env: { DATA_DIR: dataDir, PORT: "0" } });
  t.equal(await again.ended, 1);
  t.match(
    again.output(),
    /^The database .*poswatch\.db is damaged \(.+\)\. Stop Poswatch and put back the newest backup: npm run restore -- FILE.*\n$/,
  );
});
