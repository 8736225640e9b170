import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { createLogHistory } from "../../src/demo/log-history.ts";
import { demoPosServer } from "../helpers/simulation.ts";

const NOW = Date.parse("2026-11-24T13:42:10.000Z");
const writeLogHistory = createLogHistory();

function write(slug: string, logsFolder: string): void {
  writeLogHistory({ posServer: demoPosServer(slug), logsFolder, now: NOW, days: 3, revision: 118 });
}

t.test("Each day of the POS server's clock has its files, last changed on that day", async (t) => {
  const folder = t.testdir();
  write("pokrovka-17", folder);
  t.same(readdirSync(folder), ["2026-11-22", "2026-11-23", "2026-11-24"]);
  t.same(readdirSync(path.join(folder, "2026-11-23")), ["pos.log", "sync.log"]);
  const midnightInMoscow = Date.parse("2026-11-23T21:00:00.000Z");
  t.equal(Math.round(statSync(path.join(folder, "2026-11-23", "pos.log")).mtimeMs), midnightInMoscow - 1);
});

t.test("The lines are in the order of their times and none is later than now", async (t) => {
  const folder = t.testdir();
  write("pokrovka-17", folder);
  for (const name of ["sync.log", "pos.log"]) {
    const text = readFileSync(path.join(folder, "2026-11-24", name), "utf8");
    const times = [...text.matchAll(/^\[(.{23})\]/gm)].map(([, time]) => time ?? "");
    t.ok(times.length > 500, `${name} has many lines`);
    t.same(
      times.filter((time, index) => time.slice(0, 19) < (times[index - 1] ?? "").slice(0, 19)),
      [],
    );
    t.ok((times.at(-1) ?? "") <= "2026-11-24 16:42:10,000");
  }
});
