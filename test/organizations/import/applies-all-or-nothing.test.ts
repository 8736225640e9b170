import t from "tap";
import { PROGRAM } from "../../../src/monitor/audit-log/record-event.ts";
import { applyImport } from "../../../src/monitor/organizations/import/apply-import.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { changeRows } from "../../helpers/rows.ts";
import {
  apply,
  codesOf,
  HEADINGS,
  NOW,
  openRegistry,
  pairing,
  plan,
  planWith,
  type Registry,
  SECRET,
} from "./fixtures.ts";

async function listRegistered({ db, secretBox }: Registry) {
  const rows = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posServerId", "posServer.id")
    .select(["crmId", "organization.name as organization", "posServer.name"])
    .select(["address", "sealedToken", "state"])
    .orderBy("posServer.id")
    .execute();
  return rows.map(({ sealedToken, ...row }) => ({
    ...row,
    token: sealedToken && secretBox.open(sealedToken),
  }));
}

t.test("creates and changes what the plan shows, and does nothing the second time", async (t) => {
  const registry = await openRegistry(t);
  const lines = [
    `Ёлки;007;Бар;${pairing(1)}`,
    ";007;Кухня;HTTP://POS.example.ru:8443/base/;token-of-the-kitchen",
    "Сосны;8;Бар;http://10.8.0.3;",
  ];
  const applied = await apply(registry, await plan(registry, ...lines));
  t.same(applied, { createdOrganizations: 2, createdPosServers: 3, changed: 0 });
  const kitchen = { address: "http://pos.example.ru:8443/base", token: "token-of-the-kitchen" };
  t.match(await listRegistered(registry), [
    { organization: "Ёлки", crmId: "007", name: "Бар", address: "https://10.8.0.1:8443", token: SECRET },
    { organization: "Ёлки", name: "Кухня", ...kitchen, state: "pending" },
    { organization: "Сосны", name: "Бар", address: "http://10.8.0.3", token: null },
  ]);

  const nothing = { createdOrganizations: 0, createdPosServers: 0, changed: 0 };
  t.same(await apply(registry, await plan(registry, ...lines)), nothing);

  const changed = await plan(registry, `;007;БАР;${pairing(9)}`, `;007;Зал;http://10.8.0.4;`);
  t.same(await apply(registry, changed), { ...nothing, createdPosServers: 1, changed: 1 });
  t.match((await listRegistered(registry))[0], { name: "Бар", address: "https://10.8.0.9:8443" });
});

t.test("leaves no row behind when writing fails in the middle", async (t) => {
  const registry = await openRegistry(t);
  const lines = Array.from({ length: 120 }, (_, index) => `Ёлки;7;POS ${index};http://10.8.0.${index}`);
  const shown = await plan(registry, ...lines);
  let sealed = 0;
  const failing: Registry["secretBox"] = {
    ...registry.secretBox,
    seal(text) {
      sealed++;
      if (sealed === 3) throw new Error("disk is full");
      return registry.secretBox.seal(text);
    },
  };
  const ofPines = [1, 2, 3, 4].map((number) => `Сосны;8;POS ${number};${pairing(number)}`);
  const paired = await plan(registry, ...ofPines);
  await t.rejects(applyImport(registry.db, failing, PROGRAM, paired, NOW), { message: "disk is full" });
  t.same(await listRegistered(registry), []);
  t.same(await registry.db.selectFrom("organization").selectAll().execute(), []);
  t.equal((await apply(registry, shown)).createdPosServers, 120, "the database is usable");
});

t.test("tags come with a file, and an empty cell keeps those that are there", async (t) => {
  const registry = await openRegistry(t);
  const { db } = registry;
  const tags = async () => {
    const rows = await db
      .selectFrom("posServer")
      .leftJoin("posServerTag", "posServerTag.posServerId", "posServer.id")
      .leftJoin("tag", "tag.id", "posServerTag.tagId")
      .select(["posServer.name", "tag.name as tag"])
      .orderBy("posServer.id")
      .orderBy("tag.id")
      .execute();
    return rows.map(({ name, tag }) => `${name}: ${tag}`);
  };
  const withTags = (...lines: string[]) => planWith(registry, `${HEADINGS};Теги`, ...lines);
  const kitchen = ";007;Кухня;http://10.8.0.2;;";
  const created = await withTags(`Ёлки;007;Бар;${pairing(1)};;"Москва\n24/7"`, kitchen);
  await apply(registry, created);
  t.same(await tags(), ["Бар: Москва", "Бар: 24/7", "Кухня: null"]);

  const same = await withTags(`;007;Бар;${pairing(1)};;24/7; `, ";007;Кухня;http://10.8.0.2;;");
  t.match(same.counts, { change: 1, keep: 1 });
  const tagChange = { added: [], removed: ["Москва"] };
  t.match(same.rows[0], { action: "change", changes: { length: 0 }, tagChange });
  const began = { openedAt: 1, joinedAt: 1, failingSince: 1 };
  await db
    .insertInto("incident")
    .values({ kind: "single", state: "sync_error", ...began })
    .execute();
  await db.deleteFrom("incidentChange").execute();
  await apply(registry, same);
  t.match(await db.selectFrom("incidentChange").selectAll().execute(), [{ dueAt: 0 }], "rules have tags");
  t.match(await recordedEvents(db, "tags_change"), [
    { subject: "Бар", detail: [{ key: "tagsRemoved", values: { tags: "Москва" } }] },
  ]);
  t.same(await tags(), ["Бар: 24/7", "Кухня: null"]);
  const kept = await withTags(`;007;Бар;${pairing(1)};;`, ";007;Кухня;http://10.8.0.2;;");
  t.match(kept.counts, { change: 0, keep: 2 });

  const removed = await withTags(`;007;Бар;${pairing(1)};;Питер`);
  await apply(registry, await withTags(`;007;Бар;${pairing(1)};;"24/7, Питер"`));
  await t.rejects(
    apply(registry, removed),
    /has changed meanwhile/,
    "it would take off what nobody was shown",
  );

  const refused = await withTags(`;007;Бар;${pairing(1)};;${"ы".repeat(41)}`);
  t.match(refused.rows[0]?.problems, [{ code: "tag_too_long", values: { maxLength: 40 } }]);
  const misplaced = await withTags(`;007;Бар;${pairing(1)};;${pairing(2)}`);
  const problem = { code: "pairing_string_in_wrong_column", values: { column: "tags" } };
  t.match(misplaced.rows[0]?.problems, [problem]);
  t.notMatch(JSON.stringify(misplaced.rows), SECRET);
});

t.test("opening hours and works come with a file, and empty cells keep those that are there", async (t) => {
  const registry = await openRegistry(t);
  const stored = async () => {
    const rows = await registry.db.selectFrom("openingHours").selectAll().orderBy("id").execute();
    return rows.map(({ timeZone, hours, works }) => ({
      zone: timeZone,
      hours: JSON.parse(hours ?? "null"),
      works: JSON.parse(works),
    }));
  };
  const headings = "CrmId;POS-сервер;Организация;Адрес;Часы работы;Плановые работы;Часовой пояс";
  const withHours = (...lines: string[]) => planWith(registry, headings, ...lines);
  const created = await withHours(
    '007;Бар;Ёлки;http://10.8.0.1;"пн-пт 10-23\nсб, вс 11-02";;Europe/Moscow',
    '007;Кухня;;http://10.8.0.2;;"вт 3:00-5:00; 1.12.2026 22:00-02:00";Asia/Yekaterinburg',
    "007;Зал;;http://10.8.0.3;;;",
  );
  t.match(created.counts, { create: 3, refuse: 0 });
  await apply(registry, created);
  t.match(await stored(), [
    {
      zone: "Europe/Moscow",
      hours: [{ weekday: 1, from: 600, to: 1380 }],
      works: { weekly: { length: 0 }, once: { length: 0 } },
    },
    {
      zone: "Asia/Yekaterinburg",
      hours: null,
      works: {
        weekly: [{ weekday: 2, from: 180, to: 300 }],
        once: [{ from: "2026-12-01T22:00", to: "2026-12-02T02:00" }],
      },
    },
  ]);

  const changed = await withHours("007;Бар;;;24/7;;", "007;Кухня;;;;;Asia/Yekaterinburg", "007;Зал;;;;;");
  t.match(changed.counts, { change: 1, keep: 2 });
  const edits = { hours: { from: { length: 7 }, to: { length: 7 } } };
  t.match(changed.rows[0], { action: "change", changes: { length: 0 }, edits });
  await apply(registry, changed);
  t.match(await stored(), [{ zone: "Asia/Yekaterinburg" }, { zone: "Europe/Moscow", hours: { length: 7 } }]);
  t.match(await recordedEvents(registry.db, "opening_hours_change"), [
    { subject: "Бар", detail: [{ key: "openingHours", values: { hours: "around the clock" } }] },
  ]);

  const refused = await withHours(
    "007;Бар;;;утром;;",
    "007;Кухня;;;;01.12.2026 10:00;",
    "007;Зал;;;10-22;;",
    "007;Двор;;http://10.8.0.4;;;Mars",
  );
  const misread = "schedule_not_understood";
  t.same(codesOf(refused), [[misread], [misread], ["no_time_zone"], ["unknown_time_zone"]]);
  for (const cells of [`${pairing(1)};;`, `;${pairing(1)};`, `;;${pairing(1)}`]) {
    const misplaced = await withHours(`007;Бар;;;${cells}`);
    t.same(codesOf(misplaced), [["pairing_string_in_wrong_column"]]);
    t.notMatch(JSON.stringify(misplaced.rows), SECRET);
  }
  const fallenApart = await withHours("007;Бар;;;пн-пт 10-23; сб, вс 11-02;;Europe/Moscow");
  t.match(codesOf(fallenApart), [["too_many_cells"]], "no part of it is taken for another column");
});

t.test("an empty address keeps the connection of a registered POS server, whatever that is", async (t) => {
  const registry = await openRegistry(t);
  const lines = [`Ёлки;007;Бар;${pairing(1)}`, ";007;Кухня;http://10.8.0.2;token"];
  await apply(registry, await plan(registry, ...lines));
  await changeRows(registry.db, "posServer", { connection: "dial_out", address: null }, { name: "Кухня" });
  const before = await listRegistered(registry);
  for (const headings of [`${HEADINGS};Теги`, "Организация;CrmId;POS-сервер;Теги"]) {
    const cells = headings.includes("Адрес") ? ";;" : "";
    const tags = headings.length;
    const lines = ["Бар", "Кухня"].map((name) => `;007;${name};${cells}Москва, ${tags}`);
    const shown = await planWith(registry, headings, ...lines);
    t.match(shown.counts, { change: 2, refuse: 0 }, headings);
    t.match(shown.rows, [{ changes: { length: 0 } }, { changes: { length: 0 } }]);
    t.match(await apply(registry, shown), { changed: 2 });
  }
  t.same(await listRegistered(registry), before);
  t.same((await plan(registry, ";007;Бар;;")).counts.keep, 1);

  const missing = { code: "missing_field", values: { column: "connection" } };
  const unknown = await plan(registry, ";007;Зал;;", ";007;Бар;;token");
  const problems = unknown.rows.map(({ problems }) => problems);
  t.same(problems, [[], [missing]]);
});
