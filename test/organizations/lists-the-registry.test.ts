import t from "tap";
import { writeOpeningHours } from "../../src/monitor/fleet/opening-hours/change-opening-hours.ts";
import { NO_OPENING_HOURS } from "../../src/monitor/fleet/opening-hours/opening-hours.ts";
import type { RegistryFilter } from "../../src/monitor/organizations/listing/read-registry.ts";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { setTags } from "../../src/monitor/restaurants/tags.ts";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { tableOf } from "../helpers/download.ts";
import { startAdministered, textOf } from "../helpers/page.ts";
import { readWorkbook } from "../helpers/workbook.ts";
import { exportRegistry } from "./import/fixtures.ts";

const HOURS = {
  ...NO_OPENING_HOURS,
  timeZone: "Europe/Moscow",
  hours: [{ weekday: 1, from: 600, to: 1500 }],
} as const;

/** Of «Ёлки» with hours: «Бар» has all, «Кухня» nothing of its own; «Сосны» without hours has the parked «Зал». */
async function addRegistry({ db, addOrganization, addPosServer, clock }: TestMonitor) {
  const firs = await addOrganization("Ёлки", "007");
  const pines = await addOrganization("Сосны", "8");
  const gone = await addOrganization("Закрытая", "9");
  const [bar, kitchen, , other] = [
    await addPosServer({ organizationId: firs, name: "Бар" }),
    await addPosServer({ organizationId: firs, name: "Кухня", connection: "dial_out", address: null }),
    await addPosServer({ organizationId: pines, name: "Зал", isParked: true }),
    await addPosServer({ organizationId: gone, name: "Давно" }),
  ];
  await setArchived(db, gone, clock());
  await writeOpeningHours(db, { organizationId: firs }, HOURS);
  await setTags(db, bar, ["Москва", "24/7"]);
  const note = { posServerId: bar, phone: "+7 495 111-22-33", userName: "Анна", changedAt: 1 };
  await db.insertInto("restaurantNote").values(note).execute();
  for (const [id, version, sort] of [
    [bar, "0.2.0", "2"],
    [kitchen, "0.1.0", "1"],
    [other, "9.0.0", "9"],
  ] as const) {
    const agent = { agentVersion: version, agentVersionSort: sort };
    await db.updateTable("posStatus").set(agent).where("posServerId", "=", id).execute();
  }
  return { firs, pines };
}

t.test("who lacks what is found, in all or in one organization, and the file has the same", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const { firs, pines } = await addRegistry(monitor);
  const page = textOf((await admin.get("/organizations/pos-servers")).body);
  t.match(page, /Все 3 Без телефона 2 Без часов 1 Без тегов 2 Старый агент 1/, "archived ones do not count");
  t.match(
    page,
    /Бар Ёлки 24\/7, Москва пн 10:00–01:00 как у организации \+7 495 111-22-33 0\.2\.0 Кухня Ёлки —/,
  );
  t.match(page, /Зал Опрос приостановлен Сосны — — — —/);
  const all = { organizationId: null, lack: null };
  const found: [query: string, filter: RegistryFilter, names: string[]][] = [
    ["lacks=hours", { ...all, lack: "hours" }, ["Зал"]],
    ["lacks=tags", { ...all, lack: "tags" }, ["Кухня", "Зал"]],
    ["lacks=agent", { ...all, lack: "agent" }, ["Кухня"]],
    [`organization=${firs}`, { ...all, organizationId: firs }, ["Бар", "Кухня"]],
    [`organization=${pines}&lacks=phone`, { organizationId: pines, lack: "phone" }, ["Зал"]],
    [`organization=${pines}&lacks=agent`, { organizationId: pines, lack: "agent" }, []],
    ["organization=x&lacks=' or 1=1&page=99", all, ["Бар", "Кухня", "Зал"]],
    ["organization=987654", { ...all, organizationId: 987654 }, []],
  ];
  for (const [query, filter, names] of found) {
    const { body } = await admin.get(`/organizations/pos-servers?${query}`);
    const shown = [...body.matchAll(/class="name"[^>]*>([^<]*)/g)].map(([, name]) => name);
    t.same(shown, names, query);
    t.same(await namesIn(await exportRegistry(db, "ru", filter)), names, `${query} as a file`);
  }

  for (let at = 0; at < 250; at++) await monitor.addPosServer({ name: `Касса ${at}`, address: null });
  const last = await admin.html("/organizations/pos-servers?lacks=phone&page=3");
  t.match(last, /href="\/organizations\/pos-servers\?lacks=phone&amp;page=2"/, "many have pages");
  t.equal([...last.matchAll(/class="name"/g)].length, 52);
});

async function namesIn(file: Buffer) {
  return tableOf((await readWorkbook(file))[0]).flatMap((row) => row["POS-сервер"] ?? []);
}

t.test("the file holds no secret, and organizations stand above their POS servers", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const { firs } = await addRegistry(monitor);
  const { rawPayload, headers } = await admin.get("/organizations.xlsx");
  t.match(headers["content-disposition"], /poswatch-registry-2026-11-24\.xlsx/);
  const [sheet] = await readWorkbook(rawPayload);
  t.equal(sheet?.hasFormulas, false);
  const columns = ["Организация", "CrmId", "POS-сервер", "Токен", "Часы работы", "Версия агента"];
  const rows = tableOf(sheet).map((row) => columns.map((column) => row[column]));
  t.same(rows, [
    ["Ёлки", "007", null, null, "пн 10:00–01:00", null],
    ["Ёлки", "007", "Бар", null, null, "0.2.0"],
    ["Ёлки", "007", "Кухня", null, null, "0.1.0"],
    ["Сосны", "8", null, null, null, null],
    ["Сосны", "8", "Зал", null, null, null],
  ]);

  const query = `organization=${firs}&lacks=phone`;
  t.same(await namesIn((await admin.get(`/organizations.xlsx?${query}`)).rawPayload), ["Кухня"]);
  t.match(await recordedEvents(db, "export"), [
    { detail: [{ key: "exported", values: { rows: 5, url: "/organizations/pos-servers" } }] },
    { detail: [{ key: "exported", values: { rows: 1, url: `/organizations/pos-servers?${query}` } }] },
  ]);
});
