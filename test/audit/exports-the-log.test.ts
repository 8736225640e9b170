import t from "tap";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { downloadWorkbook, tableOf } from "../helpers/download.ts";
import { signedIn } from "../helpers/page.ts";
import { readWorkbook, shownDate } from "../helpers/workbook.ts";
import { readLooks } from "../helpers/workbook-looks.ts";

const ACTOR = { userId: null, login: "=SUM(A1)", name: null, address: "cli" };

async function recordMany({ app, clock }: TestMonitor, count: number, organizationId: number | null = null) {
  await app.database.db.transaction().execute(async (trx) => {
    for (let n = 0; n < count; n++) {
      const event = { action: "pos_server_poll", subject: `POS ${n}`, organizationId } as const;
      await recordEvent(trx, ACTOR, event, clock() - n);
    }
  });
}

t.test("every page of the log is in the file, newest first, in the viewer's words", async (t) => {
  const monitor = await startMonitor(t);
  await recordMany(monitor, 250);
  const { sheets, headers } = await downloadWorkbook(monitor.app, "/audit.xlsx");
  t.equal(sheets[0]?.name, "Журнал действий 2026-11-24");
  t.match(headers["content-disposition"], "filename=poswatch-audit-2026-11-24.xlsx");
  const rows = tableOf(sheets[0]);
  t.equal(rows.length, 250);
  for (const [n, row] of rows.entries()) t.equal(row.Объект, `POS ${n}`);
  t.match(rows[0], {
    Кто: "=SUM(A1)",
    Логин: "=SUM(A1)",
    Адрес: "командная строка",
    Действие: "Проверка связи",
    Результат: "выполнено",
  });
  t.equal(shownDate(rows[0]?.["Время (Europe/Moscow)"]), "2026-11-24 13:00:00");
  t.equal(sheets[0]?.hasFormulas, false);
});

t.test("what was not done is red, in every language, and details go on in the next line", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.db.transaction().execute(async (trx) => {
    for (const result of ["done", "refused", "failed"] as const)
      await recordEvent(trx, ACTOR, { action: "sign_in", result }, monitor.clock());
  });
  const words = { ru: ["выполнено", "отказано", "не удалось"], en: ["done", "refused", "failed"] };
  for (const language of ["ru", "en"] as const) {
    const { sheets, bytes } = await downloadWorkbook(monitor.app, "/audit.xlsx?action=sign_in", { language });
    const [table] = await readLooks(bytes);
    t.ok(table?.isFitToPage && table.pane);
    t.ok(table?.looks[1]?.[8]?.wraps);
    const colours = sheets[0]?.values.map((row, index) => [row[5], table?.looks[index]?.[5]?.colour]);
    const [done = "", refused = "", failed = ""] = words[language];
    const expected = { [done]: null, [refused]: "c02626", [failed]: "c02626" };
    t.same(Object.fromEntries(colours?.slice(1) ?? []), expected);
  }
});

t.test("the filter of the page is the filter of the file", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("Пекарня №1", "100512");
  await recordMany(monitor, 3, organizationId);
  await recordMany(monitor, 2);
  const query = `organization=${organizationId}&action=pos_server_poll&from=2026-11-24&before=1.1`;
  const [table, about] = (await downloadWorkbook(monitor.app, `/audit.xlsx?${query}`)).sheets;
  t.equal(tableOf(table).length, 3);
  t.same(new Set(tableOf(table).map((row) => row.Организация)), new Set(["Пекарня №1"]));
  t.same(about?.values.at(-1), ["Фильтр", "Проверка связи, Пекарня №1 · 100512, с 24.11.2026"]);
  t.same(tableOf((await downloadWorkbook(monitor.app, "/audit.xlsx?to=2026-11-23")).sheets[0]), []);
});

t.test("others than administrators get their organizations' events and their own", async (t) => {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization("Своя");
  const foreign = await monitor.addOrganization("Чужая");
  await recordMany(monitor, 2, own);
  await recordMany(monitor, 2, foreign);
  await recordMany(monitor, 2);
  const user = await signedIn(monitor, { login: "manager", organizations: [own] });
  const [table] = await readWorkbook((await user.get("/audit.xlsx")).rawPayload);
  const rows = tableOf(table);
  const seen = rows.map((row) => `${row.Логин} ${row.Организация}`);
  t.same(seen, ["manager null", "=SUM(A1) Своя", "=SUM(A1) Своя"]);
  const asked = await user.get(`/audit.xlsx?organization=${foreign}`);
  t.notMatch(JSON.stringify(await readWorkbook(asked.rawPayload)), "Чужая");

  const cook = await signedIn(monitor, { login: "cook" });
  for (const query of ["", `?organization=${own}`, "?user=none", "?user=1"]) {
    t.notMatch(await cook.html(`/audit${query}`), /POS \d|manager/, `the page${query}`);
    const [ofCook] = await readWorkbook((await cook.get(`/audit.xlsx${query}`)).rawPayload);
    const logins = tableOf(ofCook).map((row) => row.Логин);
    t.ok(logins.length > 0 && logins.every((login) => login === "cook"), `whoever has no right${query}`);
  }
});
