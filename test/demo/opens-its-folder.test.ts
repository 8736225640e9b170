import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { openDemoFolder } from "../../src/demo/folders.ts";

t.test("A temporary folder is removed at the end, a given one is made, kept and found again", async (t) => {
  const temporary = openDemoFolder(null);
  t.ok(existsSync(temporary.path));
  temporary.release();
  t.notOk(existsSync(temporary.path));
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
