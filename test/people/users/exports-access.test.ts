import t from "tap";
import { addUser } from "../../../src/monitor/access/users.ts";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { startMonitor } from "../../helpers/app.ts";
import { tableOf } from "../../helpers/download.ts";
import { signedIn } from "../../helpers/page.ts";
import { readWorkbook, shownDate } from "../../helpers/workbook.ts";
import { readLooks } from "../../helpers/workbook-looks.ts";

t.test("the file has every user and a row for each right that they have now", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const first = await monitor.addOrganization("Вкусный дом", "100237");
  const second = await monitor.addOrganization("Пекарня №1", "100512");
  const archived = await monitor.addOrganization("Закрытая", "100600");
  await setArchived(db, archived, 1);
  await signedIn(monitor, { login: "boris", name: "Борис", organizations: [second, first, archived] });
  await signedIn(monitor, { login: "vera", name: "Вера", organizations: "all" });
  await signedIn(monitor, { login: "galina", name: "Галина" });
  const invited = { login: "dmitry", name: "Дмитрий", isAdministrator: false, passwordHash: null };
  await addUser(db, invited, monitor.clock());
  monitor.clock.advance(3_600_000);
  const administrator = await signedIn(monitor, { login: "anna", name: "Анна", isAdministrator: true });

  const { statusCode, rawPayload } = await administrator.get("/users.xlsx");
  t.equal(statusCode, 200);
  const [users, rights, about] = await readWorkbook(rawPayload);
  t.same([users?.name, rights?.name, about?.name], ["Пользователи 2026-11-24", "Права", "О файле"]);
  const right = "Настройка предприятия";
  t.same(
    tableOf(users).map((row) => [row.Логин, row.Состояние, row["Системный администратор"], row[right]]),
    [
      ["anna", "Активен", "да", "все организации"],
      ["boris", "Активен", "нет", "2 организации"],
      ["vera", "Активен", "нет", "все организации"],
      ["galina", "Активен", "нет", "ни одной организации"],
      ["dmitry", "Приглашён", "нет", "ни одной организации"],
    ],
  );
  t.same(
    tableOf(rights).map((row) => [row.Логин, row.Организация, row.CrmId, row.Основание]),
    [
      ["anna", "все организации", null, "Системный администратор"],
      ["boris", "Вкусный дом", "100237", "Отмечена организация"],
      ["boris", "Пекарня №1", "100512", "Отмечена организация"],
      ["vera", "все организации", null, "Все нынешние и будущие организации"],
    ],
  );
  const [anna, boris, , , dmitry] = tableOf(users);
  t.equal(shownDate(anna?.["Последний вход (Europe/Moscow)"]), "2026-11-24 14:00:00");
  t.equal(shownDate(boris?.["Добавлен (Europe/Moscow)"]), "2026-11-24 13:00:00");
  t.equal(dmitry?.["Последний вход (Europe/Moscow)"], null);
  t.notMatch(rawPayload.toString("latin1") + JSON.stringify(users), /argon2/);

  const found = await administrator.get(`/users.xlsx?q=${encodeURIComponent("БОРИС")}&page=5`);
  const sheets = await readWorkbook(found.rawPayload);
  t.same(
    sheets.slice(0, 2).map((sheet) => tableOf(sheet).map((row) => row.Логин)),
    [["boris"], ["boris", "boris"]],
    "a search narrows both sheets",
  );
  t.same(sheets[2]?.values.at(-1), ["Имя или логин", "БОРИС"]);

  await db.updateTable("user").set({ isBlocked: 1 }).where("login", "=", "boris").execute();
  const coloured = await administrator.get("/users.xlsx");
  const values = await readWorkbook(coloured.rawPayload);
  const seen = (await readLooks(coloured.rawPayload)).slice(0, 2).map((sheet, index) => {
    t.ok(sheet.isFitToPage && sheet.pane && sheet.printTitles);
    const rows = values[index]?.values.map((row, at) => [row[2], sheet.looks[at]?.[2]?.colour]) ?? [];
    return Object.fromEntries(rows.slice(1));
  });
  t.same(
    seen,
    [
      { Активен: "157a44", Приглашён: "2a5fa5", Заблокирован: "4a5466" },
      { Активен: "157a44", Заблокирован: "4a5466" },
    ],
    "states have the colours of the page",
  );
});
