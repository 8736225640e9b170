import t from "tap";
import {
  type NewAuditEvent,
  recordEvent,
  recordRepeatedEvent,
} from "../../src/monitor/audit-log/record-event.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { downloadWorkbook, tableOf } from "../helpers/download.ts";
import { signedIn } from "../helpers/page.ts";
import { readWorkbook, shownDate } from "../helpers/workbook.ts";
import { readLooks } from "../helpers/workbook-looks.ts";

const ACTOR = { userId: null, login: "=SUM(A1)", name: null, address: "cli" };

async function recordMany({ db, clock }: TestMonitor, count: number, event: Partial<NewAuditEvent> = {}) {
  for (let n = 0; n < count; n++) {
    const numbered = { action: "pos_server_poll", subject: `POS ${n}`, ...event } as const;
    await recordEvent(db, ACTOR, numbered, clock() - n);
  }
}

t.test("every page of the log is in the file, newest first, in the viewer's words", async (t) => {
  const monitor = await startMonitor(t);
  const { app, db, clock } = monitor;
  await recordMany(monitor, 250);
  const agent = { ...ACTOR, login: "", address: "10.1.2.3" };
  await recordEvent(db, agent, { action: "pos_server_enrol", subject: "KASSA-7" }, clock() - 1_000);
  for (let time = 0; time < 4; time++)
    await recordRepeatedEvent(db, ACTOR, { action: "sign_in", result: "refused" }, clock() - 2_000);
  const { sheets, headers, bytes } = await downloadWorkbook(app, "/audit.xlsx");
  t.equal(sheets[0]?.name, "Журнал действий 2026-11-24");
  t.match(headers["content-disposition"], "filename=poswatch-audit-2026-11-24.xlsx");
  t.equal(sheets[0]?.hasFormulas, false);
  const rows = tableOf(sheets[0]);
  const subjects = rows.map((row) => row.Объект);
  t.same(subjects, [...Array.from({ length: 250 }, (_, n) => `POS ${n}`), "KASSA-7", null]);
  t.match(rows[0], { Кто: "=SUM(A1)", Логин: "=SUM(A1)", Адрес: "командная строка" });
  t.match(rows[0], { Действие: "Проверка связи", Результат: "выполнено" });
  t.equal(shownDate(rows[0]?.["Время (Europe/Moscow)"]), "2026-11-24 13:00:00");
  t.match(rows[250], { Кто: "агент", Адрес: "10.1.2.3" });
  t.match(rows[251], { Результат: "отказано", Подробности: "4 раза, последний — 24.11 12:59:58" });
  const [table] = await readLooks(bytes);
  t.ok(table?.isFitToPage && table.pane);
  t.ok(table?.looks[1]?.[8]?.wraps, "details go on in the next line");
  t.same([table?.looks[1]?.[5]?.colour, table?.looks[252]?.[5]?.colour], [null, "c02626"]);
});

t.test("the filter of the page is the filter of the file, in every language", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("Пекарня №1", "100512");
  for (const result of ["done", "refused", "failed"] as const)
    await recordMany(monitor, 1, { organizationId, result });
  await recordMany(monitor, 2);
  const query = `organization=${organizationId}&action=pos_server_poll&from=2026-11-24&before=1.1`;
  const file = await downloadWorkbook(monitor.app, `/audit.xlsx?${query}`, { language: "en" });
  const [table, about] = file.sheets;
  const looks = (await readLooks(file.bytes))[0]?.looks;
  const shown = table?.values.map((row, index) => [row[5], looks?.[index]?.[5]?.colour, row[7]]);
  t.same(shown?.slice(1), [
    ["failed", "c02626", "Пекарня №1"],
    ["refused", "c02626", "Пекарня №1"],
    ["done", null, "Пекарня №1"],
  ]);
  t.same(about?.values.at(-1), ["Filter", "Connection checked, Пекарня №1 · 100512, from 24.11.2026"]);
});

t.test("others than administrators get their organizations' events and their own", async (t) => {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization("Своя");
  const foreign = await monitor.addOrganization("Чужая");
  for (const organizationId of [own, foreign, null]) await recordMany(monitor, 2, { organizationId });
  const user = await signedIn(monitor, { login: "manager", organizations: [own] });
  const file = await readWorkbook((await user.get(`/audit.xlsx?organization=${foreign}`)).rawPayload);
  const seen = tableOf(file[0]).map((row) => `${row.Логин} ${row.Организация}`);
  t.same(seen, ["manager null", "=SUM(A1) Своя", "=SUM(A1) Своя"]);
  t.notMatch(JSON.stringify(file), "Чужая");
  const [exported] = await recordedEvents(monitor.db, "export");
  t.match(exported?.detail, [{ key: "exported", values: { rows: 3 } }]);

  const cook = await signedIn(monitor, { login: "cook" });
  for (const query of ["", `?organization=${own}`, "?user=none", "?user=1"]) {
    const page = await cook.html(`/audit${query}`);
    t.notMatch(page, /POS \d|manager/, `whoever has no right${query}`);
    t.match(page, /class="audit-user">\s*(?:<a [^>]*>)?cook/, "but for what they did themselves");
  }
});
