import t from "tap";
import * as XLSX from "xlsx";
import { PROGRAM } from "../../../src/monitor/audit-log/record-event.ts";
import { writeOpeningHours } from "../../../src/monitor/fleet/opening-hours/change-opening-hours.ts";
import { readHours, readWorks } from "../../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../../../src/monitor/fleet/opening-hours/schedule.ts";
import { HEADINGS } from "../../../src/monitor/organizations/import/columns.ts";
import { importPreviewModel } from "../../../src/monitor/organizations/import/import-model.ts";
import { addOrganization, addPosServer } from "../../../src/monitor/registry/registry.ts";
import { changeRestaurantNote } from "../../../src/monitor/restaurants/notes.ts";
import { setTags } from "../../../src/monitor/restaurants/tags.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { changeRows } from "../../helpers/rows.ts";
import {
  apply,
  codesOf,
  exportRegistry,
  NOW,
  openRegistry,
  planFile,
  type Registry,
  SECRET,
  viewerIn,
  workbook,
} from "./fixtures.ts";

type Sheet = Record<string, string>[];
const H = HEADINGS.ru;

/** Exports, edits rows as a person does in Excel, and plans the file. */
async function edit(registry: Registry, change: (rows: Sheet) => unknown) {
  const sheets = XLSX.read(await exportRegistry(registry.db)).Sheets;
  const rows: Sheet = XLSX.utils.sheet_to_json(Object.values(sheets)[0] ?? {}, { raw: false, defval: "" });
  const headings = Object.keys(rows[0] ?? {});
  change(rows);
  const edited = rows.map((row) => headings.map((heading) => row[heading] ?? ""));
  return await planFile(registry, workbook([headings, ...edited]), "xlsx");
}

const rowOf = (rows: Sheet, name: string) => rows.find((row) => row[H.name] === name) ?? {};

function hours(text: string) {
  const read = readHours(text);
  return read.ok ? read.value : null;
}

function works(text: string, now = NOW) {
  const read = readWorks(text, "Europe/Moscow", now);
  return read.ok ? read.value : NO_WORKS;
}

async function add(registry: Registry, organizationId: number, name: string, more: object = {}) {
  const connection = { connection: "direct", address: null, token: null, fingerprint: null } as const;
  const plain = { ...connection, identity: null, pollIntervalMs: null, isParked: false };
  const posServer = { organizationId, name, ...plain, ...more };
  return await addPosServer(registry.db, registry.secretBox, posServer, NOW);
}

async function note({ db }: Registry, id: number, phone: string) {
  const written = { note: { phone, person: null, text: null }, seenAt: null };
  await changeRestaurantNote(db, PROGRAM, { id, name: "", organizationId: 1 }, written, NOW);
}

t.test("what was exported changes nothing when it is imported, in either language", async (t) => {
  const registry = await openRegistry(t);
  const { db } = registry;
  const odd = [
    ...["=1+1", "+Кафе", "-5", "@SUM(A1)", '«Ёлки» "и" сосны', "_x0041_"],
    ...["—", "нет", "a\u00a0b;c,d", "007", "1e5", "01.12.2026"],
  ];
  const schedules = ["пн-пт 10-23; сб, вс 11-02", "24/7", "пн, ср 9:00-9:30, 22:00-6:15", "вс 0-24"];
  const planned =
    "вт 3:00-5:00; сб 23-1, 2-4; 01.12.2026 22:00-02:00; 30.11.2026 10:00 - 03.12.2026 9:00; 25.11.2026 1:00-2:00";
  for (const [index, name] of odd.entries()) {
    const id = await addOrganization(db, { name: `${name} ${index}`, crmId: `00${index}` }, NOW);
    // Once works of the first are over by now.
    const past = index > 0 ? NO_WORKS : works("20.11.2026 1:00-2:00; пт 3-4", 0);
    const ofIt = { timeZone: "Asia/Vladivostok", hours: hours("пн-вс 10-3"), works: past };
    if (index % 3 === 0) await writeOpeningHours(db, { organizationId: id }, ofIt);
    for (const [place, own] of odd.entries()) {
      const address = place % 2 === 0 ? "https://10.8.0.1:8443/pos" : null;
      const kind = { connection: place === 5 ? "dial_out" : "direct", isParked: place === 2 } as const;
      const posServer = await add(registry, id, own, { address, token: address && SECRET, ...kind });
      await setTags(
        db,
        posServer,
        place === 0 ? ["нет"] : place === 1 ? ["—"] : [own.replace(/[;,]/g, " "), "=Тег", '"кавычки"'],
      );
      await note(registry, posServer, place % 2 === 0 ? "+7 (495) 111-22-33 доб. 12" : "88001112233");
      const at = {
        timeZone: place % 2 === 0 ? "Europe/Moscow" : null,
        hours: hours(schedules[place % 5] ?? ""),
        works: works(place % 3 === 0 ? planned : ""),
      };
      await writeOpeningHours(db, { posServerId: posServer }, at);
    }
    await changeRows(db, "posServer", { computer: own(index) }, { organizationId: id });
  }
  for (const language of ["ru", "en"] as const) {
    const bytes = await exportRegistry(registry.db, language);
    t.notMatch(bytes.toString("latin1"), SECRET);
    const shown = await planFile(registry, bytes, "xlsx");
    const changed = shown.rows.filter(({ action }) => action !== "keep");
    t.same(changed, [], language);
    t.equal(shown.counts.keep, odd.length * (odd.length + 1));
    t.same(shown.parsed.unreadColumns, [language === "ru" ? "Версия агента" : "Agent version"]);
  }

  function own(index: number): string | null {
    return [null, "KASSA-1", "нет", "=cmd"][index % 4] ?? null;
  }
});

t.test("two thousand POS servers go out and come back", async (t) => {
  const registry = await openRegistry(t);
  await registry.db.transaction().execute(async (trx) => {
    const id = await addOrganization(trx, { name: "Сеть", crmId: "1" }, NOW);
    for (let at = 0; at < 2_000; at++) await add({ ...registry, db: trx }, id, `Касса ${at}`);
  });
  const shown = await planFile(registry, await exportRegistry(registry.db), "xlsx");
  t.match(shown.counts, { keep: 2_001, change: 0, create: 0, refuse: 0 });
});

t.test("all columns change at once, and the preview says from what to what", async (t) => {
  const registry = await openRegistry(t);
  const { db } = registry;
  const id = await addOrganization(db, { name: "Ёлки", crmId: "007" }, NOW);
  const [bar, kitchen] = [await add(registry, id, "Бар"), await add(registry, id, "Кухня")];
  await add(registry, id, "Зал");
  await note(registry, bar, "111-22-33");
  await setTags(db, kitchen, ["Москва"]);
  const zone = { timeZone: "Europe/Moscow", hours: hours("пн 10-22"), works: works("вт 3-5") };
  await writeOpeningHours(db, { organizationId: id }, zone);
  await writeOpeningHours(db, { posServerId: kitchen }, zone);

  const shown = await edit(registry, (rows) => {
    Object.assign(rows[0] ?? {}, { [H.organization]: "Сосны", [H.hours]: "пн 11-23" });
    const bar = { [H.name]: "бар «У моря»", [H.phone]: "111-22-44", [H.computer]: "K-1" };
    Object.assign(rowOf(rows, "Бар"), bar);
    const kitchen = { [H.tags]: "—", [H.hours]: "нет", [H.works]: "—", [H.timeZone]: "-" };
    Object.assign(rowOf(rows, "Кухня"), kitchen);
  });
  const query = { show: "", page: "" };
  const preview = importPreviewModel(viewerIn("ru"), { id: "1", plan: shown, query, hasChanged: false });
  t.same(
    preview.rows.map(({ name, changes }) => [name, ...changes]),
    [
      ["—", "название организации: Ёлки → Сосны", "часы работы: пн 10:00–22:00 → пн 11:00–23:00"],
      ["Бар", "название: Бар → бар «У моря»", "компьютер: K-1", "телефон: 111-22-33 → 111-22-44"],
      [
        "Кухня",
        "часы работы: пн 10:00–22:00 → —",
        "плановые работы: вт 03:00–05:00 → —",
        "часовой пояс: Europe/Moscow → —",
        "убрать теги: Москва",
      ],
    ],
    "rows without a change are folded",
  );
  t.match(preview.chips, [
    { action: "change", count: "3" },
    { action: "keep", count: "1" },
  ]);
  t.equal(preview.unread, "«Версия агента»");
  const nothing = { createdOrganizations: 0, createdPosServers: 0 };
  t.match(await apply(registry, shown), { ...nothing, changed: 3 });
  const { rows } = await edit(registry, () => {});
  const actions = rows.map(({ organization, name, action }) => `${organization} ${name} ${action}`);
  t.same(actions, ["Сосны  keep", "Сосны бар «У моря» keep", "Сосны Зал keep", "Сосны Кухня keep"]);
  t.equal((await db.selectFrom("posServer").selectAll().execute()).length, 3, "a rename makes no second one");
  const renamed = [
    { key: "registryChange", values: { field: "name", before: "Бар", after: "бар «У моря»" } },
  ];
  t.match(await recordedEvents(db, "pos_server_change"), [{ detail: renamed, posServerId: bar }]);
  t.match(await recordedEvents(db, "organization_change"), [{ subject: "Сосны" }]);
  t.match(await db.selectFrom("posStatus").select("searchText").where("posServerId", "=", bar).execute(), [
    { searchText: /у моря/ },
  ]);
});

t.test("keys that do not fit are named, and nothing is renamed by mistake", async (t) => {
  const registry = await openRegistry(t);
  const { db } = registry;
  const firs = await addOrganization(db, { name: "Ёлки", crmId: "007" }, NOW);
  await addOrganization(db, { name: "Сосны", crmId: "8" }, NOW);
  await add(registry, firs, "Бар");
  await add(registry, firs, "Кухня");
  const bar = (changes: Record<string, string>) => (rows: Sheet) =>
    Object.assign(rowOf(rows, "Бар"), changes);
  const sameKey = (rows: Sheet) =>
    Object.assign(rowOf(rows, "Кухня"), { [H.key]: rowOf(rows, "Бар")[H.key] });
  const cases: [what: string, change: (rows: Sheet) => unknown, codes: string[]][] = [
    ["a name that another has", bar({ [H.name]: "Кухня" }), ["name_taken", "repeated_pos_server"]],
    ["a key that another has", sameKey, ["name_taken", "repeated_pos_server"]],
    ["another organization", bar({ [H.crmId]: "8", [H.organization]: "Сосны" }), ["key_unknown"]],
    ["no key", bar({ [H.key]: "17" }), ["key_unknown"]],
    ["a key of another installation", bar({ [H.key]: "P1-zzzz" }), ["key_unknown"]],
    ["another name of the organization", bar({ [H.organization]: "Берёзы" }), ["organization_registered_as"]],
    ["no name", bar({ [H.name]: "" }), ["missing_field"]],
    ["no CrmId", bar({ [H.crmId]: "abc" }), ["crm_id_not_digits"]],
  ];
  for (const [what, change, codes] of cases)
    t.same(codesOf(await edit(registry, change)).flat(), codes, what);
});
