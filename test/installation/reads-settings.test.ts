import t from "tap";
import { DEFAULT_SETTINGS, readSettings } from "../../src/monitor/installation/settings.ts";
import { startMonitor } from "../helpers/app.ts";
import { addRow } from "../helpers/rows.ts";

t.test("rows replace defaults, and those of another version of the program are left alone", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const rows = { requiredVersion: "34.10", unreachableAfterPolls: 5, somethingLater: { a: 1 } };
  for (const [key, value] of Object.entries(rows)) {
    await addRow(db, "setting", { key, value: JSON.stringify(value) });
  }
  t.same(await readSettings(db), { ...DEFAULT_SETTINGS, requiredVersion: "34.10", unreachableAfterPolls: 5 });
});

const WRONG: [string, string][] = [
  ["minimumVersion", '"latest"'],
  ["minimumVersion", '""'],
  ["requiredVersion", '"34."'],
  ["requiredVersion", "34.2"],
  ["staleAfterMs", "59999"],
  ["unreachableAfterPolls", "0"],
  ["unreachableAfterPolls", "1.5"],
  ["pollIntervalMs", "4999"],
  ["pollIntervalMs", '"60000"'],
  ["pollIntervalMs", "null"],
  ["pollIntervalMs", "not JSON"],
  ["staleAfterMs", ""],
  ["publicAddress", '"poswatch.example"'],
];

for (const [key, value] of WRONG) {
  t.test(`${key} = ${value || "nothing"} is refused by its name`, async (t) => {
    const monitor = await startMonitor(t);
    const { db } = monitor.app.database;
    await db.insertInto("setting").values({ key, value }).execute();
    await t.rejects(readSettings(db), new RegExp(`^The setting ${key} in the database must `));
  });
}
