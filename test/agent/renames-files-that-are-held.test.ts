import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { renameFile } from "../../src/agent/files/rename-file.ts";

/** Renames that fail with these codes, one after the other, and then work. */
function failing(...codes: string[]) {
  const left = [...codes];
  const done: string[] = [];
  return {
    done,
    async rename(from: string, to: string) {
      const code = left.shift();
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      done.push(`${from} ${to}`);
    },
  };
}

t.test("a file that a scanner holds for a moment is renamed after it, on Windows", async (t) => {
  const { done, rename } = failing("EPERM", "EBUSY", "EACCES");
  await renameFile("a", "b", { rename, isWindows: true });
  t.same(done, ["a b"]);
});

t.test("what does not pass by itself is told at once", async (t) => {
  const missing = failing("ENOENT");
  await t.rejects(renameFile("a", "b", { rename: missing.rename, isWindows: true }), { code: "ENOENT" });
  const elsewhere = failing("EACCES");
  await t.rejects(renameFile("a", "b", { rename: elsewhere.rename, isWindows: false }), { code: "EACCES" });
  t.same([...missing.done, ...elsewhere.done], []);
});

t.test("one that is held for long is told with what Windows said", async (t) => {
  const { done, rename } = failing(...Array(50).fill("EBUSY"));
  await t.rejects(renameFile("a", "b", { rename, isWindows: true }), { code: "EBUSY" });
  t.same(done, []);
});

t.test("it renames", async (t) => {
  const folder = t.testdir();
  await writeFile(join(folder, "a"), "text");
  await renameFile(join(folder, "a"), join(folder, "b"));
  t.equal(await readFile(join(folder, "b"), "utf8"), "text");
});
