import t from "tap";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { beginMonitorRun } from "../../src/monitor/polling/monitor-run.ts";
import { deletePosServer } from "../../src/monitor/registry/pos-servers.ts";
import { queueTroubleChanges } from "../../src/monitor/restaurants/queue-changes.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { addLogRequest } from "../helpers/log-archives.ts";
import { addChannel, addRule, receiveEvents, tell } from "../helpers/notifications.ts";
import { getHtml, signedIn, textOf } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";
import { runJob } from "../helpers/run-job.ts";

async function pageOf({ app }: TestMonitor, id: number, language: "ru" | "en" = "ru") {
  const body = await getHtml(app, `/incidents/${id}`, { language });
  const part = (pattern: RegExp) => textOf(body.match(pattern)?.[0] ?? "");
  return {
    body,
    text: textOf(body),
    card: part(/<section class="state-card"[\s\S]*?<\/section>/),
    story: [...body.matchAll(/<li id="story-[\s\S]*?<\/li>|<li id="acknowledgement-[\s\S]*?<\/li>/g)].map(
      ([line]) => textOf(line),
    ),
    members: [...body.matchAll(/<li id="member-[\s\S]*?<\/li>/g)].map(([line]) => textOf(line)),
  };
}

/** The monitor ran all the time. */
async function runThrough(monitor: TestMonitor): Promise<void> {
  await beginMonitorRun(monitor.db, monitor.clock() - MINUTE_MS, monitor.clock() + 24 * 60 * MINUTE_MS);
}

t.test("one of many says whom it concerns, how it spread and how it went", async (t) => {
  const monitor = await startMonitor(t);
  await runThrough(monitor);
  const organizations = [];
  for (const name of ["Вкусный дом", "Кофе и точка", "Пекарня", "Суши", "Полдень", "Шашлычная", "Блинная"])
    organizations.push(await monitor.addOrganization(name));
  const ids = await addExchanging(monitor, 21, organizations);
  await breakAll(monitor, ids.slice(0, 5));
  monitor.clock.advance(MINUTE_MS);
  await breakAll(monitor, ids.slice(5, 18));
  const open = await pageOf(monitor, 1);
  t.match(open.text, "18 POS-серверов не обмениваются Инцидент № 1 · 7 организаций");
  t.match(
    open.card,
    /^Ошибка синхронизации с 13:00 · 1 мин Главный сервер не ответил вовремя На кассах — акции и счета гостей по состоянию на последний обмен\. Что делать Одна и та же ошибка у 18 POS-серверов: .* Показать в списке/,
  );
  t.match(
    open.text,
    "Кого касается не обмениваются из затронутых Вкусный дом 3 Кофе и точка 3 Пекарня 3 Суши 3 Блинная 2 Ещё 2 организации 4",
  );
  t.same(open.story, [
    "24.11 13:01 Ошибка синхронизации: Стало: 18 POS-серверов",
    "13:00 Ошибка синхронизации: Началось: 5 POS-серверов",
  ]);
  t.equal(open.members.length, 18);
  monitor.clock.advance(23 * MINUTE_MS);
  for (const id of ids.slice(0, 17)) await monitor.report(id);
  const most = await pageOf(monitor, 1);
  t.match(most.text, "1 POS-сервер не обменивается");
  t.match(most.story[0], "13:24 Синхронизирован: Восстановилось 17, остался 1");
  t.match(most.members[0], /^Тверская, \d+ Суши Ошибка синхронизации с 13:01$/);
  t.match(most.members[1], /Восстановлен 13:00 – 13:24 · 24 мин$/);
  await monitor.report(ids[17] ?? 0);
  const over = await pageOf(monitor, 1);
  t.match(over.card, /^Восстановлено 13:00 – 13:24 · 24 мин Главный сервер не ответил вовремя/);
  t.notMatch(over.card, "Что делать");
  t.match(over.story[0], "13:24 Синхронизирован: Восстановлено за 24 мин");
  t.match(over.text, "Кто занимается Инцидент закрыт.");
  t.match((await pageOf(monitor, 1, "en")).card, /^Restored 13:00 – 13:24 · 24 min/);
});

t.test("one of a POS server tells causes, returns, who took care of it and what was done", async (t) => {
  const monitor = await startMonitor(t);
  await runThrough(monitor);
  const anna = await signedIn(monitor, { name: "Анна Иванова", isAdministrator: true });
  const [id = 0] = await addExchanging(monitor, 1);
  await monitor.report(id, { error: "Ошибка А", syncedAgoMs: 0 });
  monitor.clock.advance(2 * MINUTE_MS);
  await monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 2 * MINUTE_MS });
  const taken = await anna.post("/incidents/1/takings", { until: "hour", note: "еду" });
  t.equal(taken.headers.location, "/incidents/1");
  const acknowledgements = await monitor.db.selectFrom("acknowledgement").selectAll().execute();
  t.match(acknowledgements, [{ posServerId: id, incidentId: null }]);
  monitor.clock.advance(MINUTE_MS);
  await addLogRequest(monitor, id);
  await monitor.report(id);
  monitor.clock.advance(5 * MINUTE_MS);
  await monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 0 });
  const { story, card, text } = await pageOf(monitor, 1);
  t.match(text, "Открыть POS-сервер");
  t.match(card, "Повторилось, первый раз в 13:00");
  t.match(story, [
    /^24\.11 13:08 Ошибка синхронизации: Снова сбой$/,
    /^13:03 Логи: Анна Иванова · выполняется$/,
    /^13:03 Синхронизирован: Обмен восстановился$/,
    /^13:02 В работе: Анна Иванова · до 13:03 · еду · обмен восстановлен$/,
    /^13:02 Ошибка синхронизации: На диске POS-сервера закончилось место$/,
    /^13:00 Ошибка синхронизации: Ошибка А$/,
  ]);
  monitor.clock.advance(2 * MINUTE_MS);
  await monitor.report(id);
  const over = await pageOf(monitor, 1);
  t.match(over.card, /^Восстановлено 13:00 – 13:10 · 10 мин, из них без обмена 5 мин/);
  t.match(over.story[0], "13:10 Синхронизирован: Восстановлено за 10 мин, из них без обмена 5 мин");
});

t.test("what the monitor did not see, a pause and a deletion are told too", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const [id = 0] = await addExchanging(monitor, 1);
  await beginMonitorRun(db, monitor.clock() - MINUTE_MS, monitor.clock());
  await monitor.report(id, { error: "<b>беда</b>", syncedAgoMs: 0 });
  monitor.clock.advance(8 * 60 * MINUTE_MS);
  await beginMonitorRun(db, monitor.clock(), monitor.clock());
  t.match((await pageOf(monitor, 1)).story[0], /13:00 Poswatch не работал · до 21:00, 8 ч$/);
  t.notMatch((await pageOf(monitor, 1)).body, "<b>беда</b>");
  await changeRows(db, "posStatus", { state: "closed", causeKey: null, problemSince: null });
  await queueTroubleChanges(db, [id]);
  await keepIncidents(db, monitor.clock());
  const paused = await pageOf(monitor, 1);
  t.match(paused.card, /^Ресторан закрыт или опроса ещё не было/);
  t.match(paused.story[0], "21:00 Закрыт: Ресторан закрылся или ждёт первого опроса");
  await deletePosServer(db, { id, name: "Тверская, 12" }, monitor.clock());
  await keepIncidents(db, monitor.clock());
  const gone = await pageOf(monitor, 1);
  t.match(gone.text, "Тверская, 12");
  t.match(gone.card, /^POS-сервер удалён 13:00 – 21:00 · 8 ч/);
  t.match(gone.story[0], "21:00 POS-сервер удалён");
  t.notMatch(gone.body, "Открыть POS-сервер");
});

t.test("what is recommended at its POS server can be done from its page", async (t) => {
  const monitor = await startMonitor(t);
  const [id = 0] = await addExchanging(monitor, 1);
  await monitor.report(id, { error: "database disk image is malformed", syncedAgoMs: 0 });
  const note = { posServerId: id, phone: "8 495 555-01-12", person: "Мария", userName: "Анна", changedAt: 0 };
  await monitor.db.insertInto("restaurantNote").values(note).execute();
  const { body, card } = await pageOf(monitor, 1);
  t.match(card, /Что делать .* Сбросить БД POSа Позвонить: Мария, 8 495 555-01-12 Открыть POS-сервер/);
  t.match(body, 'href="tel:84955550112"');
  const reset = `/pos-servers/${id}/database-resets/new`;
  t.match(body, `<a class="button button-primary" data-dialog href="${reset}">`);
  await monitor.report(id);
  t.notMatch((await pageOf(monitor, 1)).body, "database-resets/new");
});

t.test("it says by which channels it was told, of others only those of all", async (t) => {
  const monitor = await startMonitor(t);
  const [working, broken] = [await receiveEvents(t), await receiveEvents(t)];
  broken.answer = { status: 500 };
  await addRule(monitor, await addChannel(monitor, { ...working.channel, name: "Заявки" }));
  await addRule(monitor, await addChannel(monitor, { ...broken.channel, name: "Запасной" }));
  const anna = await signedIn(monitor, { organizations: "all" });
  const own = { ...working.channel, name: "Личный", userId: (await signedIn(monitor, {})).userId };
  await addRule(monitor, await addChannel(monitor, own));
  const id = await monitor.addPosServer();
  await monitor.report(id);
  await monitor.report(id, { error: "беда", syncedAgoMs: 0 });
  monitor.clock.advance(10 * 60_000);
  await tell(monitor);
  const page = await anna.text("/incidents/1");
  t.match(page, "13:10 Сообщено: «Заявки»");
  t.match(page, "Сообщение не доходит: «Запасной»");
  t.notMatch(page, "Личный");
});

const AT_THREE = "2026-11-24T12:00Z";

t.test("who takes care of an incident of many is seen on it, in its row and at each", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const ids = await addExchanging(monitor, 6);
  await breakAll(monitor, ids.slice(0, 5));
  const anna = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  const pyotr = await signedIn(monitor, { name: "Пётр Смирнов", organizations: "all" });
  t.match(await anna.html("/pos-servers"), /data-dialog href="\/incidents\/1\/takings\/new">Занимаюсь/);
  t.match(await anna.text("/incidents/1/takings/new"), "Занимаюсь: 5 POS-серверов не обмениваются");
  t.equal((await anna.post("/incidents/1/takings", { until: AT_THREE, note: "звоню" })).statusCode, 303);

  const card = await pyotr.text("/incidents/1");
  t.match(card, "Кто занимается Анна Иванова занимается до 15:00 · с 13:00 звоню Взять на себя");
  const list = await pyotr.html("/pos-servers");
  t.match(
    list,
    /class="cause[\s\S]*?class="acknowledgement" title="Анна Иванова занимается · до 15:00: звоню"/,
  );
  t.match(list, /data-dialog href="\/incidents\/1\/takings\/new">Взять на себя/);
  t.match(await pyotr.text("/incidents"), /5 POS-серверов .* А Анна ?· до 15:00/);
  const says = "Общим инцидентом занимается Анна Иванова, до 15:00. Занимаюсь";
  t.match(await pyotr.text("/pos-servers/1"), says);

  const held = await pyotr.post("/incidents/1/takings", { until: AT_THREE });
  t.equal(held.statusCode, 409);
  t.match(textOf(held.body), "Этим уже занимаются. Сейчас этим занимается Анна Иванова, до 15:00.");
  await pyotr.post("/incidents/1/takings/end");
  t.match(await db.selectFrom("acknowledgement").selectAll().execute(), [{ incidentId: 1, endedAt: null }]);
  const insteadOf = held.body.match(/name="insteadOf" value="(\d+)"/)?.[1] ?? "";
  t.equal((await pyotr.post("/incidents/1/takings", { until: AT_THREE, insteadOf })).statusCode, 303);

  for (const id of ids) await monitor.report(id);
  t.match(await db.selectFrom("acknowledgement").select(["endedBy"]).orderBy("id").execute(), [
    { endedBy: "taken_over" },
    { endedBy: "incident" },
  ]);
  const over = await anna.post("/incidents/1/takings", { until: AT_THREE });
  t.equal(over.statusCode, 409);
  t.match(textOf(over.body), "Этот инцидент уже закрыт, заниматься больше нечем.");
  t.equal((await anna.get("/incidents/1/takings/new")).headers.location, "/incidents/1", "an old link");
  const events = await recordedEvents(db, "taking_begin", "taking_over", "taking_end");
  const detail = [{ key: "takingOfIncident", values: { id: 1 } }];
  const story = ["taking_begin", "taking_over", "taking_end"].map((action) => ({ action, detail }));
  t.match(events, story);
});

t.test("it ends with the right to see any POS server of it", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const [own, other] = [await monitor.addOrganization(), await monitor.addOrganization()];
  await breakAll(monitor, await addExchanging(monitor, 6, [own, other]));
  const manager = await signedIn(monitor, { organizations: [own] });
  await manager.post("/incidents/1/takings", { until: AT_THREE });
  await runJob(monitor.app, "acknowledgements");
  t.match(await db.selectFrom("acknowledgement").select("endedBy").execute(), [{ endedBy: null }]);
  await db.deleteFrom("userOrganization").execute();
  await runJob(monitor.app, "acknowledgements");
  t.match(await db.selectFrom("acknowledgement").select("endedBy").execute(), [{ endedBy: "right" }]);
});
