import t, { type Test } from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { downloadWorkbook, tableOf } from "../helpers/download.ts";
import { getHtml, rowsOf, segmentsOf, signedIn, startFor, textOf } from "../helpers/page.ts";
import { moveTo } from "../helpers/registry.ts";
import { changeRows, readRow } from "../helpers/rows.ts";
import { runJob } from "../helpers/run-job.ts";

/** Tuesday, 13:00 in Moscow, as the clock of a test begins. */
const DAY = "2026-11-24";
const TYPED = { hours: "10:00-23:00", works: "", timeZone: "Europe/Moscow" };

async function start(t: Test) {
  const { monitor, user: anna, db } = await startFor(t, { name: "Анна Иванова", isAdministrator: true });
  const moscow = (time: string, day = DAY) => monitor.clock.set(Date.parse(`${day}T${time}:00+03:00`));
  const stateOf = (id: number) => readRow(db, "posStatus", { posServerId: id });
  const historyOf = async (id: number) => {
    const changes = db.selectFrom("stateChange").select("state").where("posServerId", "=", id);
    return (await changes.orderBy("id").execute()).map(({ state }) => state);
  };
  const rowOf = async (id: number) => {
    const row = rowsOf(await anna.html("/pos-servers")).find((one) => one.id === id);
    return textOf(row?.html ?? "");
  };
  return { monitor, anna, db, moscow, stateOf, historyOf, rowOf };
}

const turn = ({ app }: TestMonitor) => runJob(app, "opening hours");

t.test("what is off for the night is closed, until it opens and is still off", async (t) => {
  const { monitor, anna, moscow, stateOf, historyOf, rowOf } = await start(t);
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const saved = await anna.post(`/pos-servers/${id}/opening-hours`, TYPED);
  t.equal(saved.headers.location, `/pos-servers/${id}`);
  moscow("22:57");
  await monitor.report(id);
  moscow("22:58");
  await monitor.fail(id);
  t.match(await stateOf(id), { state: "unreachable" }, "it is open");
  moscow("23:00");
  await turn(monitor);
  t.match(await stateOf(id), { state: "closed", closedFor: "hours", problemSince: null });
  t.match(await rowOf(id), /^Закрыт до 25\.11 10:00 /);
  t.match(await anna.text("/pos-servers"), /Проблем нет 1 закрыт /);

  moscow("03:00", "2026-11-25");
  await monitor.fail(id);
  t.match(await stateOf(id), { state: "closed", stateSince: Date.parse("2026-11-24T20:00Z") });
  t.match(await rowOf(id), /^Закрыт до 10:00 4 ч /);
  const told = await anna.text(`/pos-servers/${id}`);
  t.match(told, /Закрыт до 10:00 POS-сервер не отвечает\. Пока ресторан закрыт/);

  t.notMatch(await anna.text(`/pos-servers/${id}`), "По времени ресторана", "it is the viewer's");
  const elsewhere = await getHtml(monitor.app, `/pos-servers/${id}`, { timeZone: "Asia/Omsk" });
  t.match(textOf(elsewhere), /Закрыт до 13:00 .* По времени ресторана это 10:00\./);

  moscow("10:00", "2026-11-25");
  await turn(monitor);
  await monitor.fail(id);
  t.match(await stateOf(id), { state: "unreachable", problemSince: monitor.clock(), closedFor: null });
  t.match(await rowOf(id), /^Нет связи .* новая /);
  t.same(await historyOf(id), ["pending", "synced", "unreachable", "closed", "unreachable"]);
});

t.test("a stopped service is no problem while it is closed; what answers is what it is", async (t) => {
  const { monitor, anna, moscow, stateOf } = await start(t);
  const [off, failing, working, refusing] = [
    await monitor.addPosServer(),
    await monitor.addPosServer(),
    await monitor.addPosServer(),
    await monitor.addPosServer(),
  ];
  for (const id of [off, failing, working, refusing])
    await anna.post(`/pos-servers/${id}/opening-hours`, TYPED);
  moscow("23:30");
  await monitor.report(off, { service: { name: null, state: "stopped", startedAt: null } });
  await monitor.report(failing, { error: "boom" });
  await monitor.report(working);
  await monitor.fail(refusing, "unauthorized");
  await turn(monitor);
  const states = await Promise.all(
    [off, failing, working, refusing].map(async (id) => (await stateOf(id)).state),
  );
  t.same(states, ["closed", "sync_error", "synced", "unreachable"]);
  const body = await anna.html("/pos-servers");
  t.match(textOf(body), /2 проблемы из 3/, "who is closed does not count");
  t.match(segmentsOf(body), { closed: 1, all: 4 });
  t.match(await anna.text("/pos-servers?state=closed"), /Закрыт до 25\.11 10:00/);
  const { sheets } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx?state=closed");
  const told = { Состояние: "Закрыт", "Ошибка последней синхронизации": "Закрыт до 25.11 10:00" };
  t.match(tableOf(sheets[0]), [told]);
});

t.test("the hours of an organization hold for its POS servers without their own", async (t) => {
  const { monitor, anna, moscow, stateOf } = await start(t);
  const organizationId = await monitor.addOrganization("Кафе", "100300");
  const other = await monitor.addOrganization("Бар", "100400");
  const first = await monitor.addPosServer({ organizationId });
  const always = await monitor.addPosServer({ organizationId });
  moscow("23:30");
  t.equal(
    (await anna.post(`/organizations/${organizationId}/opening-hours`, TYPED)).headers.location,
    `/organizations/${organizationId}`,
  );
  await anna.post(`/pos-servers/${always}/opening-hours`, { hours: "24/7", works: "", timeZone: "" });
  const later = await monitor.addPosServer({ organizationId });
  await turn(monitor);
  for (const id of [first, always, later]) await monitor.fail(id);
  const states = async () =>
    await Promise.all([first, always, later].map(async (id) => (await stateOf(id)).state));
  t.same(await states(), ["closed", "unreachable", "closed"]);
  t.match(
    await anna.text(`/pos-servers/${first}`),
    /Часы работы Изменить Часы работы ежедневно 10:00–23:00 как у организации Часовой пояс UTC\+03:00 .* как у организации/,
  );
  const page = await anna.text(`/organizations/${organizationId}`);
  t.match(page, /Часы работы: ежедневно 10:00–23:00 · Часовой пояс: UTC\+03:00 .* Изменить/);

  await moveTo(monitor, first, other);
  await anna.post(`/organizations/${organizationId}/opening-hours`, { hours: "", works: "", timeZone: "" });
  await turn(monitor);
  for (const id of [first, later]) await monitor.fail(id);
  t.same(await states(), ["unreachable", "unreachable", "unreachable"], "moved away, and not said any more");
});

t.test("one that is parked when it closes stays parked; one closed for days is listed", async (t) => {
  const { monitor, anna, moscow, historyOf, db } = await start(t);
  const [parked, off] = [await monitor.addPosServer(), await monitor.addPosServer({ name: "Арбат, 5" })];
  moscow("22:00");
  for (const id of [parked, off]) {
    await monitor.report(id);
    await monitor.fail(id);
    await anna.post(`/pos-servers/${id}/opening-hours`, { ...TYPED, hours: "вт 10:00-23:00" });
  }
  await setParked(db, parked, true, monitor.clock());
  moscow("23:00");
  await turn(monitor);
  t.equal((await historyOf(parked)).at(-1), "parked");

  moscow("12:00", "2026-11-29");
  await monitor.fail(off);
  const later = await signedIn(monitor, { isAdministrator: true });
  const list = await later.text("/pos-servers");
  t.match(list, /Закрыт до 01\.12 10:00 .* Арбат, 5/);
});

t.test("planned works say so, and until when", async (t) => {
  const { monitor, anna, moscow, rowOf } = await start(t);
  const id = await monitor.addPosServer();
  moscow("12:00");
  await monitor.fail(id);
  await anna.post(`/pos-servers/${id}/opening-hours`, { ...TYPED, hours: "", works: "24.11 12:00-14:30" });
  t.match(await rowOf(id), /^Работы до 14:30 /, "at once");
  t.match(await anna.text(`/pos-servers/${id}`), /Плановые работы 24\.11\.2026 12:00–14:30/);
  moscow("14:30");
  await turn(monitor);
  t.match(await rowOf(id), /^Закрыт /, "until it is asked");
  moscow("14:31");
  await monitor.fail(id);
  t.match(await rowOf(id), /^Нет связи /);
  t.notMatch(await anna.text(`/pos-servers/${id}`), "Плановые работы", "what is over is not said");
});

t.test("many that close at once are closed", async (t) => {
  const { monitor, anna, moscow, db } = await start(t);
  const organizationId = await monitor.addOrganization("Сеть", "100300");
  for (let number = 0; number < 501; number++) await monitor.addPosServer({ organizationId });
  await changeRows(db, "posStatus", {
    state: "service_stopped",
    serviceState: "stopped",
    lastUpdateAt: monitor.clock(),
  });
  await anna.post(`/organizations/${organizationId}/opening-hours`, TYPED);
  moscow("23:00");
  await turn(monitor);
  const states = await db.selectFrom("posStatus").select("state").distinct().execute();
  t.same(states, [{ state: "closed" }]);
});

t.test(
  "what is not understood is told beside its field and changes nothing; each change is in the audit log",
  async (t) => {
    const { monitor, anna, db } = await start(t);
    const id = await monitor.addPosServer({ name: "Тверская, 12" });
    const path = `/pos-servers/${id}/opening-hours`;
    for (const [typed, says] of [
      [{ ...TYPED, hours: "<b>с утра</b>" }, /Не получилось понять «<b>с утра<\/b>»\. Пример: пн–пт/],
      [{ ...TYPED, works: "вт ночью" }, /Не получилось понять «вт ночью»\. Пример: вт 03:00–05:00/],
      [{ ...TYPED, works: "03.12.2026 10:00 - 01.12.2026 10:00" }, /Конец раньше начала/],
      [{ ...TYPED, hours: "10:00-22:00;".repeat(60) }, /не больше 3\s000 знаков и 60 промежутков/],
      [{ ...TYPED, timeZone: "" }, /Выберите часовой пояс/],
      [{ ...TYPED, works: "01.12.2020 10:00-12:00" }, /Эти работы уже прошли/],
      [{ ...TYPED, timeZone: "Mars/Base" }, /Такого часового пояса нет/],
    ] as const) {
      const answer = await anna.post(path, typed);
      t.equal(answer.statusCode, 422);
      t.match(textOf(answer.body), says);
      t.equal(answer.body.match(/aria-invalid/g)?.length, 1);
      t.equal(answer.body.match(/autofocus/g)?.length, 1);
      for (const value of [typed.hours, typed.works].filter(Boolean))
        t.ok(answer.body.includes(value.replaceAll("<", "&lt;").replaceAll(">", "&gt;").trim()), value);
    }
    t.same(await db.selectFrom("openingHours").selectAll().execute(), []);
    const form = await anna.html(`${path}/new`);
    t.match(form, /<option value="Europe\/Moscow" selected>/, "the zone of whoever asks is likely");

    await anna.post(path, TYPED);
    await anna.post(path, TYPED);
    await anna.post(path, { hours: "", works: "", timeZone: "" });
    const changed = (hours: string | null, timeZone: string | null) => ({
      detail: [
        { key: "openingHours", values: { hours } },
        { key: "hoursTimeZone", values: { timeZone } },
      ],
    });
    const events = await recordedEvents(db, "opening_hours_change");
    t.match(events, [changed("daily 10:00–23:00", "Europe/Moscow"), changed(null, null)], "each change");
    t.equal(events.length, 2);
    const log = await anna.text("/audit");
    t.match(log, /Изменение часов работы .*часы: ежедневно 10:00–23:00; часовой пояс: Europe\/Moscow/);
  },
);
