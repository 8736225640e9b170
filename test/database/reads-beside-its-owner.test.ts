import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { openForReading } from "../../src/monitor/database/open.ts";
import { startMonitor } from "../helpers/app.ts";

t.test("a transaction of a second connection sees one state while the first one writes", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.addOrganization();
  const db = openForReading(join(monitor.dataDir, DATABASE_FILE));
  const names = (reader: typeof db) => reader.selectFrom("organization").select("name").execute();
  await db.transaction().execute(async (trx) => {
    const before = await names(trx);
    await monitor.addOrganization();
    t.same(await names(trx), before);
  });
  t.equal((await names(db)).length, 2);
  await t.rejects(db.deleteFrom("organization").execute(), /readonly/);
  await db.destroy();
});
