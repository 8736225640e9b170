import t from "tap";
import { PROGRAM } from "../../src/monitor/audit-log/record-event.ts";
import {
  DEFAULT_SETTINGS,
  findWrongSettings,
  readSettings,
} from "../../src/monitor/installation/settings.ts";
import { createOperatorsLog } from "../../src/monitor/operators-log.ts";
import { changeSettings } from "../../src/monitor/settings/change-settings.ts";
import { startMonitor } from "../helpers/app.ts";
import { logLines } from "../helpers/log-lines.ts";
import { signedIn } from "../helpers/page.ts";
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
  t.test(`${key} = ${value || "nothing"} is as if it was not there`, async (t) => {
    const monitor = await startMonitor(t);
    const { db } = monitor.app.database;
    await db.insertInto("setting").values({ key, value }).execute();
    t.same(await readSettings(db), DEFAULT_SETTINGS);
    t.same(await findWrongSettings(db), [key]);
  });
}

t.test(
  "a wrong value is said once in the log and in «О системе», and ends when settings are saved",
  async (t) => {
    const log = logLines();
    const monitor = await startMonitor(t, { logStream: log.stream });
    const { db } = monitor.app.database;
    const admin = await signedIn(monitor, { isAdministrator: true });
    await addRow(db, "setting", { key: "staleAfterMs", value: "1" });
    const { followSettings } = createOperatorsLog(monitor.app);
    await followSettings();
    await followSettings();
    t.match(log.ofLevel("warn"), [{ settings: "staleAfterMs" }]);
    t.equal(log.ofLevel("warn").length, 1);
    t.match(await admin.text("/about"), "Негодные значения настроек: «Давно не было обмена» через. Пока");
    t.equal((await admin.get("/pos-servers?list=1")).statusCode, 200);
    await changeSettings(db, PROGRAM, await readSettings(db), monitor.clock());
    t.same(await findWrongSettings(db), []);
  },
);
