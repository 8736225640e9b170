import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { makeFolder } from "../helpers/folder.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { runPoswatch } from "../helpers/program.ts";
import { changeRows } from "../helpers/rows.ts";
import { readZip } from "../helpers/zip-contents.ts";

t.test("what is collected is shown, masked, and saved just as it was shown", async (t) => {
  const monitor = await startMonitor(t);
  const address = "http://10.8.3.11:8443";
  const id = await monitor.addPosServer({ name: "Тверская, 12", token: "very-secret", address });
  await monitor.addPosServer({ name: "Арбат, 5" });
  const syncError = "guest +7 903 123-45-67 is not found";
  const databaseBytes = 89_161_234_567;
  await changeRows(monitor.db, "posStatus", { syncError, databaseBytes }, { posServerId: id });
  const admin = await signedIn(monitor, { isAdministrator: true });
  t.match(await admin.html(`/pos-servers/${id}`), `/support/new?posServer=${id}`);
  const form = await admin.html(`/support/new?posServer=${id}&q=нет такого`);
  t.match(form, new RegExp(`value="${id}" checked`));
  t.notMatch(form, "Арбат, 5");
  t.match(await admin.html("/support/new?q=арбат"), "Арбат, 5");

  const collected = await admin.post("/support", { posServer: [String(id), "999", "x"] });
  t.equal(collected.statusCode, 303);
  const url = String(collected.headers.location);
  const shown = await admin.text(url);
  const names = ["doctor.txt", "monitor.log", "1-Тверская, 12/status.json"];
  for (const expected of [...names, "•••-••-67", "no archive was fetched"]) t.match(shown, expected);
  for (const secret of ["903 123", "very-secret", "10.8.3.11"]) t.notMatch(shown, secret);
  const { rawPayload, headers } = await admin.get(`${url}/archive`);
  t.match(headers["content-disposition"], "poswatch-support.zip");
  const files = await readZip(rawPayload);
  t.equal(Object.keys(files).length, 5);
  for (const text of Object.values(files)) t.ok(shown.includes(textOf(String(text)).slice(0, 200).trim()));
  const status = JSON.parse(textOf(String(files["pos-servers/1-Тверская, 12/status.json"])));
  t.match(status, { databaseBytes }, "a number is no phone");
  t.match(await recordedEvents(monitor.db, "support_collect"), [{ result: "done" }]);
  const colleague = await signedIn(monitor, { isAdministrator: true });
  t.equal((await colleague.get(url)).statusCode, 404);
  t.equal((await colleague.get(`${url}/archive`)).statusCode, 404);
});

t.test("a command collects it at the machine", async (t) => {
  const dataDir = makeFolder(t);
  const monitor = await startMonitor(t, { dataDir });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.app.close();
  const file = join(makeFolder(t), "support.zip");
  const run = async (posServer = id) => {
    const args: [string, ...string[]] = ["support", file, "--pos-server", String(posServer)];
    return await runPoswatch(t, args, { env: { DATA_DIR: dataDir } });
  };
  t.match(await run(99), { code: 1, output: "There is no POS server 99." });
  t.match(await run(), { code: 0, output: /doctor\.txt[\s\S]*status\.json[\s\S]*are in/ });
  const files = await readZip(readFileSync(file));
  t.match(String(files["doctor.txt"]), /ok Database: Whole/);
  t.match(await run(), { code: 1, output: /is there already/ }, "nothing is replaced");
});
