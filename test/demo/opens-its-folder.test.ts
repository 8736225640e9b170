import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { openDemoFolder } from "../../src/demo/folders.ts";

t.test("A temporary folder is removed at the end", async (t) => {
  const folder = openDemoFolder(null);
  t.ok(existsSync(folder.path));
  folder.release();
  t.notOk(existsSync(folder.path));
});

t.test("A given folder is made, kept and found again", async (t) => {
  const given = path.join(t.testdir(), "demo");
  const folder = openDemoFolder(given);
  folder.release();
  t.ok(existsSync(given));
  t.equal(openDemoFolder(given).path, given);
});

t.test("A folder with other things in it is refused and left as it is", async (t) => {
  const given = t.testdir({ "accounts.xlsx": "" });
  t.throws(() => openDemoFolder(given), { message: /neither empty nor the folder of an earlier demo/ });
  t.same(readdirSync(given), ["accounts.xlsx"]);
});
