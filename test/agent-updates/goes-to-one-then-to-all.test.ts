import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { AUDIT_ACTIONS } from "../../src/monitor/audit-log/actions.ts";
import { PROGRAM } from "../../src/monitor/audit-log/record-event.ts";
import { markAsRestored } from "../../src/monitor/installation/restored-copy.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { changeSettings } from "../../src/monitor/settings/change-settings.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { OTHER_KEY, SIGNING_KEY } from "../helpers/agent-updates.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addLogRequest } from "../helpers/log-archives.ts";
import { startAdministered, textOf } from "../helpers/page.ts";
import { offerUpdate, startUpdatableAgents, type UpdatableAgent } from "../helpers/updatable-agents.ts";

const UPDATE_ACTIONS = AUDIT_ACTIONS.filter((action) => action.startsWith("agent_update_"));

/** A monitor with an update of the agents of its POS servers, each of which has answered. */
async function start(t: Test, count: number) {
  const { monitor, admin } = await startAdministered(t);
  const fleet = await startUpdatableAgents(t, SIGNING_KEY, monitor.clock);
  const ids: number[] = [];
  for (let number = 0; number < count; number++) {
    ids.push(await monitor.addPosServer({ address: fleet.add().address, name: `Ресторан ${number}` }));
  }
  await poll(monitor, ids);
  await offerUpdate(monitor.dataDir, SIGNING_KEY, "0.3.0");
  const begin = (fields: Record<string, string> = {}) =>
    admin.post("/agents/rollouts", { version: "0.3.0", first: "", ...fields });
  const page = () => admin.text("/enrolments");
  return { monitor, fleet, admin, ids, begin, page };
}

async function poll({ app }: TestMonitor, ids: readonly number[]): Promise<void> {
  for (const id of ids) await app.pollNow(id);
}

async function tick({ app }: TestMonitor): Promise<void> {
  await app.agentUpdates.tick();
  await app.agentUpdates.idle();
}

/** Several rounds of the monitor, with a poll of these after each. */
async function goOn(monitor: TestMonitor, ids: readonly number[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await tick(monitor);
    await poll(monitor, ids);
  }
}

const sent = ({ agents }: { agents: readonly UpdatableAgent[] }) => agents.map(({ sent }) => sent.length);
const updated = (agents: readonly UpdatableAgent[]) => agents.filter(({ sent }) => sent.length > 0).length;

async function events({ db }: TestMonitor) {
  const rows = await recordedEvents(db, ...UPDATE_ACTIONS);
  return rows.map(
    ({ action, userId }) => action.slice("agent_update_".length) + (userId ? " by a person" : ""),
  );
}

t.test("an administrator begins with one, and all follow once it has reported the new version", async (t) => {
  const { monitor, fleet, ids, begin, page } = await start(t, 20);
  await tick(monitor);
  t.equal(updated(fleet.agents), 0);
  const ready = /Готово обновление агентов до версии 0\.3\.0, .* Его примут 20 агентов, сейчас на связи 20\./;
  t.match(await page(), ready);
  t.match(await begin(), { statusCode: 303, headers: { location: "/enrolments" } });
  t.match(await begin(), { statusCode: 422, body: /Это обновление уже идёт/ });
  await tick(monitor);
  await tick(monitor);
  t.equal(updated(fleet.agents), 1, "it has taken it, but not told that it runs it");
  const begun = /Обновление до версии 0\.3\.0 Идёт: сначала один POS-сервер, .* обновляется 1, осталось 19/;
  t.match(await page(), begun);
  await poll(monitor, ids);
  await tick(monitor);
  t.equal(updated(fleet.agents), 1 + 8, "so many at once");
  t.match(await page(), /Идёт\. .* обновлён 1, обновляются 8, ждут 11/);
  for (let times = 0; updated(fleet.agents) < 20; times++) {
    t.ok(times < 20, "it goes on");
    await tick(monitor);
  }
  await poll(monitor, ids);
  await tick(monitor);
  t.match(await page(), /Обновлены все, кого можно обновить\..* обновлено 20 .* 0\.3\.0 20 win32-x64 отсюда/);
  t.same(sent(fleet), Array(20).fill(1));
  t.same(await events(monitor), ["start by a person"]);

  const late = await monitor.addPosServer({ address: fleet.add("0.1.5").address, name: "Новый" });
  await poll(monitor, [late]);
  await tick(monitor);
  t.equal(fleet.agents.at(-1)?.sent.length, 1, "who comes later with an old version takes it too");
});

t.test("three failures stop it, two do not", async (t) => {
  const { monitor, fleet, admin, ids, begin, page } = await start(t, 13);
  for (const agent of fleet.agents.slice(1, 4)) agent.next = "goes back";
  const failedNow = async () => (await events(monitor)).filter((event) => event === "fail").length;
  await begin({ first: String(ids[0]) });
  await goOn(monitor, ids.slice(0, 1), 2);
  await goOn(monitor, ids.slice(0, 3), 2);
  t.equal(await failedNow(), 2);
  t.match(await page(), /Идёт\./);
  await poll(monitor, ids);
  await tick(monitor);
  t.equal(await failedNow(), 3);
  t.match(await page(), /Остановилось .* из-за неудач\..* не удалось обновить 3/);
  monitor.clock.advance(1000);
  await admin.post("/agents/rollouts/1/continuations");
  await goOn(monitor, ids, 5);
  t.match(await page(), /Обновлены все, кого можно обновить\..* обновлено 10, не удалось обновить 3/);
});

t.test("where there is but one, or all others are away, it does not wait for nobody", async (t) => {
  const { monitor, fleet, ids, begin, page } = await start(t, 2);
  await monitor.fail(ids[1] ?? 0);
  await begin({ first: String(ids[0]) });
  await goOn(monitor, ids.slice(0, 1), 3);
  t.equal(updated(fleet.agents), 1);
  t.match(await page(), /Идёт\. .* обновлён 1, осталось 1/);
  await poll(monitor, ids);
  await goOn(monitor, ids, 3);
  t.match(await page(), /Обновлены все, кого можно обновить\./);
  await monitor.app.agentUpdates.tick();
  t.same(sent(fleet), [1, 1]);
});

t.test("the first one can be chosen; who cannot be first is told beside the field", async (t) => {
  const { monitor, fleet, admin, ids, begin } = await start(t, 3);
  await monitor.fail(ids[0] ?? 0);
  const form = await admin.text("/agents/rollouts/new");
  t.match(form, /Обновить агенты до версии 0\.3\.0 Обновление примут 3 агента/);
  t.notMatch(form, "Ресторан 0");
  for (const first of [String(ids[0]), "999", "x"])
    t.match(await begin({ first }), { statusCode: 422, body: /id="problem-first">Этот POS-сервер сейчас/ });
  t.match(await begin({ version: "0.2.9" }), { statusCode: 422, body: /теперь это версия 0\.3\.0/ });
  t.equal((await begin({ first: String(ids[2]) })).statusCode, 303);
  await tick(monitor);
  t.same(sent(fleet), [0, 0, 1]);
});

t.test("a version that does not work stops it, and nobody else gets it until somebody decides", async (t) => {
  const { monitor, fleet, admin, ids, begin, page } = await start(t, 6);
  for (const agent of fleet.agents) agent.next = "goes back";
  await begin();
  await tick(monitor);
  await poll(monitor, ids);
  await tick(monitor);
  await tick(monitor);
  t.equal(updated(fleet.agents), 1);
  t.match(await page(), /Остановилось 24\.11 13:00 из-за неудач\..* не удалось обновить 1, осталось 5/);
  t.match(await page(), /Не удалось\. Новая версия не заработала, агент вернулся к прежней/);
  t.same(await events(monitor), ["start by a person", "fail", "stop"]);

  for (const agent of fleet.agents) agent.next = "works";
  monitor.clock.advance(1000);
  t.equal((await admin.post("/agents/rollouts/1/continuations")).statusCode, 303);
  await goOn(monitor, ids, 4);
  t.equal(updated(fleet.agents), 6);
  t.equal(fleet.agents[0]?.sent.length, 1, "who went back is not asked again");
  t.same(await events(monitor), ["start by a person", "fail", "stop", "continue by a person"]);
});

t.test("who is not seen again has failed after a quarter of an hour, and another is first", async (t) => {
  const { monitor, fleet, admin, ids, begin, page } = await start(t, 3);
  for (const agent of fleet.agents) agent.next = "is not seen again";
  await begin({ first: String(ids[0]) });
  await tick(monitor);
  monitor.clock.advance(14 * MINUTE_MS);
  await poll(monitor, ids);
  await tick(monitor);
  t.match(await page(), /Получил обновление, ждём отчёт новой версии/);
  await setParked(monitor.app.database.db, ids[0] ?? 0, true, monitor.clock());
  monitor.clock.advance(MINUTE_MS);
  await tick(monitor);
  await tick(monitor);
  t.match(await page(), /Остановилось .* новую версию за 15 минут не сообщил/);
  t.same(sent(fleet), [1, 0, 0], "parked, it has failed all the same");
  await admin.post("/agents/rollouts/1/continuations");
  await tick(monitor);
  t.same(sent(fleet), [1, 1, 0]);
  await monitor.db
    .deleteFrom("posServer")
    .where("id", "=", ids[1] ?? 0)
    .execute();
  await tick(monitor);
  t.same(sent(fleet), [1, 1, 1]);
});

t.test("who has taken it is polled soon, however seldom it is polled otherwise", async (t) => {
  const { monitor, begin } = await start(t, 1);
  const { db } = monitor;
  const pollDue = async () => {
    await monitor.app.poller.tick();
    await monitor.app.poller.idle();
  };
  await changeSettings(db, PROGRAM, { pollIntervalMs: 3_600_000 }, monitor.clock());
  await pollDue();
  await begin();
  await tick(monitor);
  const versionOf = async () =>
    (await db.selectFrom("posStatus").selectAll().executeTakeFirst())?.agentVersion;
  t.equal(await versionOf(), "0.2.0");
  for (let seconds = 0; seconds < 60 && (await versionOf()) !== "0.3.0"; seconds++) {
    monitor.clock.advance(1000);
    await tick(monitor);
    await pollDue();
  }
  t.equal(await versionOf(), "0.3.0");
});

t.test("who is busy is asked again, who refuses for good is a failure", async (t) => {
  const { monitor, fleet, ids, begin, page } = await start(t, 1);
  const [agent] = fleet.agents;
  if (!agent) throw new Error("there is one");
  agent.next = { status: 409, error: "busy" };
  await addLogRequest(monitor, ids[0] ?? 0);
  await begin();
  await tick(monitor);
  t.same(agent.sent, [], "not asked while something else was asked of it");
  t.match(await page(), /выполняется другая команда/);
  await monitor.db.deleteFrom("logRequest").execute();
  monitor.clock.advance(MINUTE_MS);
  await poll(monitor, ids);
  await tick(monitor);
  await tick(monitor);
  t.equal(agent.sent.length, 1, "not at once");
  t.match(await page(), /На POS-сервере сейчас выполняется другая команда\. Попробуем снова в 13:02/);
  agent.next = { status: 500, error: "not_written" };
  monitor.clock.advance(MINUTE_MS);
  await poll(monitor, ids);
  await tick(monitor);
  t.equal(agent.sent.length, 2);
  await tick(monitor);
  t.match(await page(), /Остановилось .* Не удалось\. Агент не смог записать обновление/);
});

const NOBODY = /Обновлять некого: .* с этим же ключом .*, и только до версии новее/;

t.test("where nobody takes it, the page says whom it is for", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const page = () => admin.text("/enrolments");
  const fleet = await startUpdatableAgents(t, SIGNING_KEY, monitor.clock);
  const agent = fleet.add();
  const id = await monitor.addPosServer({ address: agent.address });
  await offerUpdate(monitor.dataDir, SIGNING_KEY, "0.3.0");
  t.match(await page(), NOBODY);
  await monitor.app.pollNow(id);
  t.match(await page(), /Его примет 1 агент/);
  await offerUpdate(monitor.dataDir, OTHER_KEY, "0.3.0");
  t.match(await page(), NOBODY);
  await offerUpdate(monitor.dataDir, SIGNING_KEY, agent.version);
  t.match(await page(), NOBODY);
  agent.rejected = "0.3.0";
  await monitor.app.pollNow(id);
  await offerUpdate(monitor.dataDir, SIGNING_KEY, "0.3.0");
  t.match(await page(), NOBODY);
});

t.test("POS servers of one version are named, and nobody's without one", async (t) => {
  const { admin, page } = await start(t, 2);
  const ofVersion = await admin.html("/enrolments?version=0.2.0");
  t.match(textOf(ofVersion), /POS-серверы с агентом версии 0\.2\.0 Скрыть Ресторан 0 .* Ресторан 1/);
  t.match(ofVersion, /aria-current="true"/);
  t.match(ofVersion, 'hx-get="/enrolments?version=0.2.0"', "it stays so when it is refreshed");
  t.match(await admin.text("/enrolments?version=9.9.9"), /Таких POS-серверов нет\./);
  t.notMatch(await page(), "POS-серверы с агентом");
});

t.test("an administrator stops it, begins anew and continues; it goes on in another process", async (t) => {
  const { monitor, fleet, admin, ids, begin, page } = await start(t, 3);
  await begin({ first: String(ids[0]) });
  await admin.post("/agents/rollouts/1/stops");
  t.match(await page(), /Готово обновление .* Начать заново .* Продолжить/);
  t.equal((await begin({ first: String(ids[1]) })).statusCode, 303);
  t.equal((await admin.post("/agents/rollouts/2/stops")).statusCode, 303);
  await tick(monitor);
  t.equal(updated(fleet.agents), 0);
  t.match(await page(), /Остановлено 24\.11 13:00, .* ждёт 1, осталось 2/);
  const another = await admin.post("/agents/rollouts/7/stops");
  t.equal(another.statusCode, 303, "of another one it changes nothing");
  await admin.post("/agents/rollouts/2/continuations");
  await monitor.app.close();
  const again = await startMonitor(t, { dataDir: monitor.dataDir, clock: monitor.clock });
  const { db } = again.app.database;
  await markAsRestored(db, monitor.clock());
  await tick(again);
  t.equal(updated(fleet.agents), 0, "a copy does nothing");
  await db.deleteFrom("setting").execute();
  await tick(again);
  t.same(sent(fleet), [0, 1, 0]);
  const kept = await db.selectFrom("agentUpdate").select(["rolloutId", "posServerId"]).execute();
  t.same(kept, [{ rolloutId: 2, posServerId: ids[1] }], "of the one before nothing is left");
  await poll(again, ids);
});

t.test("only what answers, takes updates of this key and is older is updated", async (t) => {
  const { monitor, fleet, ids, begin, page } = await start(t, 4);
  const [newer, parked, away] = fleet.agents;
  if (!newer || !parked || !away) throw new Error("there are four");
  newer.version = "0.4.0";
  await poll(monitor, ids);
  await setParked(monitor.app.database.db, ids[1] ?? 0, true, monitor.clock());
  await monitor.fail(ids[2] ?? 0);
  const other = await startUpdatableAgents(t, OTHER_KEY, monitor.clock);
  await poll(monitor, [await monitor.addPosServer({ address: other.add().address })]);
  t.match(await page(), /Его примут 2 агента, сейчас на связи 1\./);
  await begin();
  await goOn(monitor, [ids[3] ?? 0], 5);
  t.same(sent(fleet), [0, 0, 0, 1]);
  t.equal(updated(other.agents), 0);
  await poll(monitor, ids);
  await goOn(monitor, ids, 5);
  t.same(sent(fleet), [0, 0, 1, 1], "when it is back");
});

t.test("what is not signed, or damaged, is offered to nobody; what is gone stops nothing", async (t) => {
  const { monitor, fleet, admin, begin, page } = await start(t, 1);
  await begin();
  const folder = join(monitor.dataDir, "agent-packages");
  rmSync(join(folder, "update.json"));
  await tick(monitor);
  t.equal(updated(fleet.agents), 0);
  t.match(await page(), /Обновления агентов в папке .* нет .* Файлов этого обновления больше нет/);
  t.equal((await admin.get("/agents/rollouts/new")).headers.location, "/enrolments");

  const { publicKey } = await offerUpdate(monitor.dataDir, SIGNING_KEY, "0.3.0");
  const forged = await offerUpdate(monitor.dataDir, OTHER_KEY, "0.3.0");
  writeFileSync(join(folder, "update.json"), JSON.stringify({ ...forged, publicKey }));
  t.match(await page(), /повреждено или не подписано/);
  t.equal((await begin()).headers.location, "/enrolments");

  await offerUpdate(monitor.dataDir, SIGNING_KEY, "0.3.0");
  await tick(monitor);
  t.equal(updated(fleet.agents), 1);
});
