import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { buildApp } from "../../src/monitor/app.ts";
import { readConfig } from "../../src/monitor/config.ts";
import { isHeldBack } from "../../src/monitor/installation/restored-copy.ts";
import { makeFolder } from "../helpers/folder.ts";

t.test("a new version on trial is held back until it is started as the one to run", async (t) => {
  const config = readConfig({ DATA_DIR: makeFolder(t), PORT: "0", LOG_LEVEL: "silent" });
  const trialFile = join(config.dataDir, "trial");
  const start = async (trialFile: string | null) => {
    const app = await buildApp(config, { trialFile });
    await app.ready();
    const isHeld = await isHeldBack(app.database.db);
    await app.close();
    return isHeld;
  };
  t.equal(await start(null), false);
  t.notOk(existsSync(trialFile));
  t.equal(await start(trialFile), true);
  t.ok(existsSync(trialFile), "it says that its migrations are done");
  t.equal(await start(trialFile), true, "however often it is tried");
  t.equal(await start(null), false);
});
