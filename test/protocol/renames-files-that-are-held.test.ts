import t from "tap";
import { renameFile } from "../../src/protocol/files.ts";

/** Renames that fail with these codes, one after the other, and then work. */
function failing(...codes: string[]) {
  const left = [...codes];
  const done: string[] = [];
  let pauses = 0;
  return {
    done,
    pauses: () => pauses,
    async pause() {
      pauses += 1;
    },
    async rename(from: string, to: string) {
      const code = left.shift();
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      done.push(`${from} ${to}`);
    },
  };
}

t.test("a file that a scanner holds for a moment is renamed after it, on Windows", async (t) => {
  const held = failing("EPERM", "EBUSY", "EACCES");
  await renameFile("a", "b", { ...held, isWindows: true });
  t.same(held.done, ["a b"]);
  t.equal(held.pauses(), 3);
  const long = failing(...Array(50).fill("EBUSY"));
  await t.rejects(renameFile("a", "b", { ...long, isWindows: true }), { code: "EBUSY" });
  t.same([long.done, long.pauses()], [[], 49], "for long it is told with what Windows said");
});

t.test("what does not pass by itself is told at once", async (t) => {
  const missing = failing("ENOENT");
  await t.rejects(renameFile("a", "b", { ...missing, isWindows: true }), { code: "ENOENT" });
  const elsewhere = failing("EACCES");
  await t.rejects(renameFile("a", "b", { ...elsewhere, isWindows: false }), { code: "EACCES" });
  t.same([...missing.done, ...elsewhere.done], []);
  t.equal(missing.pauses() + elsewhere.pauses(), 0);
});
