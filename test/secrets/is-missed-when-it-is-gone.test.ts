import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { hasSealedSecrets } from "../../src/monitor/database/sealed-secrets.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { addChannel, receiveEvents } from "../helpers/notifications.ts";
import { NOBODYS_PORT, startProgram } from "../helpers/program.ts";
import { registerPlain } from "../helpers/register.ts";

t.test("without its key a monitor that has tokens does not start, nor makes another one", async (t) => {
  const dataDir = makeFolder(t);
  const key = join(dataDir, "secret.key");
  await registerPlain(t, dataDir, `http://127.0.0.1:${NOBODYS_PORT}`);
  rmSync(key);
  const refused = [
    startProgram(t, "src/monitor/server.ts", { env: { DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "silent" } }),
    startProgram(t, "src/monitor/commands/register.ts", {
      args: ["--crm-id", "100237", "--name", "Second", "--http", "http://127.0.0.1:2"],
      env: { DATA_DIR: dataDir },
      input: "another-token\n",
    }),
  ];
  for (const program of refused) {
    t.equal(await program.ended, 1);
    t.match(program.output(), /^.*secret\.key is missing, and the tokens .*\n$/);
  }
  t.notOk(existsSync(key));
});

t.test("a folder that has no tokens yet gets a key at its first start", async (t) => {
  const dataDir = makeFolder(t);
  await startMonitorProcess(t, dataDir);
  t.ok(existsSync(join(dataDir, "secret.key")));
});

t.test("a channel whose secret is stored needs the key too", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  t.equal(await hasSealedSecrets(db), false);
  await addChannel(monitor, (await receiveEvents(t)).channel);
  t.equal(await hasSealedSecrets(db), true);
});
