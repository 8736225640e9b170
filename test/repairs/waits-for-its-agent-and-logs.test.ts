import t, { type Test } from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { whileWanted } from "../../src/monitor/workers/while-wanted.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { happenInNext, startDiallingScene } from "../helpers/dialling-scene.ts";
import { queueRequest } from "../helpers/requests.ts";
import { changeRows } from "../helpers/rows.ts";
import { waitFor } from "../helpers/wait-for.ts";

const NO_LOGS = { crmId: "100237", startService: "1" };
const WITH_LOGS = { ...NO_LOGS, fetchLogs: "1" };
const OTHER_LOGS = { from: "2026-11-01T00:00", to: "2026-11-20T00:00", maxMegabytes: "100" };
const PARKED = /Опрос этого POS-сервера приостановлен/;
const WAITS = /Ждём, когда агент выйдет на связь, до 13:10\./;

t.test("logs that a reset joins may wait as long as it does", async (t) => {
  const { app, agent, db, clock, ask, reset, logs, dialIn } = await startDiallingScene(t);
  await dialIn();
  await app.logRequests.stop();
  const id = await queueRequest(db, agent.id, clock());
  await changeRows(db, "logRequest", { expiresAt: clock() + MINUTE_MS });
  await ask("database-resets", WITH_LOGS);
  await waitFor(async () => (await reset()).logRequestId !== null);
  t.match(await reset(), { logRequestId: id, expiresAt: clock() + 10 * MINUTE_MS });
  t.match(await logs(), { expiresAt: clock() + 10 * MINUTE_MS });
});

t.test("logs are asked for when the agent is there, and the reset goes on with them", async (t) => {
  const { db, pos, ask, work, reset, text, dialIn, untilReset } = await startDiallingScene(t);
  const address = await ask("database-resets", WITH_LOGS);
  await work();
  t.match(await reset(), { step: "fetching_logs", logRequestId: null });
  t.same(await db.selectFrom("logRequest").select("id").execute(), []);
  t.match(await text(address), WAITS);
  t.match(await text(address), /Ждём агента POS-сервера.*Получить логи за последние сутки Убрать базу/);
  await dialIn();
  await untilReset();
  t.equal(await pos.read("pos.db"), "new database");
});

/** A scene whose agent is there, and goes when its logs are asked for, so many milliseconds later. */
async function startWithLeavingAgent(t: Test, afterMs = 0) {
  const scene = await startDiallingScene(t);
  const { client, clock, reset, logs, dialIn, workUntil } = scene;
  const leave = await dialIn();
  happenInNext(client, "listLogs", async () => {
    clock.advance(afterMs);
    await leave();
  });
  return {
    ...scene,
    async untilLogsWait() {
      await workUntil(
        async () => (await reset()).logRequestId !== null && (await logs()).waitsSince !== null,
      );
    },
  };
}

t.test("an agent that goes while its logs come and comes back too late resets nothing", async (t) => {
  const scene = await startWithLeavingAgent(t, 4 * MINUTE_MS);
  const { clock, pos, ask, work, workOnResets, reset, logs, text, dialIn, untilLogsWait } = scene;
  const address = await ask("database-resets", WITH_LOGS);
  await untilLogsWait();
  await work();
  t.match(await text(address), WAITS);
  t.match(await text("/pos-servers"), /Сброс БД: ждём агента до 13:10/);
  t.match(await text(`/log-requests/${(await logs()).id}`), WAITS, "its logs are of no use any longer");
  t.match(await text("/audit"), /запрос логов ждёт, когда агент выйдет на связь, до 24\.11 13:10/);
  clock.advance(6 * MINUTE_MS - 1);
  await work();
  t.match(await reset(), { step: "fetching_logs" });
  clock.advance(1);
  await dialIn();
  await workOnResets();
  t.match(await reset(), { step: "failed", failureCode: "agent_absent" });
  t.ok((await logs()).finishedAt, "its logs end with it, if not by themselves at that moment");
  await work();
  t.same(pos.calls(), []);
});

/** A scene whose agent lists its logs only when it is let. */
async function startWithHeldLogs(t: Test) {
  const scene = await startDiallingScene(t);
  const { client } = scene;
  const { listLogs } = client;
  const isLet = Promise.withResolvers<void>();
  client.listLogs = async (posServer, period, signal) => {
    await whileWanted(isLet.promise, signal);
    return await listLogs(posServer, period, signal);
  };
  return { ...scene, letLogsCome: () => isLet.resolve() };
}

for (const [what, otherLogs] of Object.entries({
  "take long": null,
  "queue behind others of the same POS server": OTHER_LOGS,
})) {
  t.test(`a reset whose logs ${what} is carried out late only if a person decides so`, async (t) => {
    const scene = await startWithHeldLogs(t);
    const { clock, pos, user, db, ask, reset, text, dialIn, workOnResets, letLogsCome } = scene;
    await dialIn();
    if (otherLogs) await ask("log-requests", otherLogs);
    const address = await ask("database-resets", WITH_LOGS);
    await workOnResets();
    t.equal((await db.selectFrom("logRequest").select("id").execute()).length, otherLogs ? 2 : 1);
    t.match(await text(address), /Ждём логов до 13:10\./);
    clock.advance(10 * MINUTE_MS - 1);
    await workOnResets();
    t.match(await reset(), { step: "fetching_logs" });
    clock.advance(1);
    await workOnResets();
    t.match(await reset(), { step: "awaiting_decision", failureCode: "logs_late", begunAt: null });
    const page = await text(address);
    t.match(page, /Логи не пришли вовремя, ждём вашего решения.*Логи не пришли за 10 минут.*Сбросить сейчас/);
    t.notMatch(page, /Ждём агента|агента на связи не было|без этих логов/);
    t.match(await text("/audit"), /Логи не пришли за 10 минут/);

    clock.advance(3 * 60 * MINUTE_MS);
    letLogsCome();
    await scene.workUntil(async () => {
      const open = await db.selectFrom("logRequest").select("id").where("finishedAt", "is", null).execute();
      return open.length === 0;
    });
    t.match(await reset(), { step: "awaiting_decision" });
    t.same(pos.calls(), []);

    await user.post(`${address}/continuation`);
    await scene.untilReset();
    t.equal(await pos.read("pos.db"), "new database");
    t.match(await text(address), /Решено сбросить базу, хотя логи не пришли вовремя/);
  });
}

t.test("what waits ends when its POS server is parked, whether or not the agent is back", async (t) => {
  const { agent, pos, db, clock, ask, work, text, dialIn } = await startDiallingScene(t);
  for (const isBack of [false, true]) {
    for (const [resource, fields] of [
      ["database-resets", NO_LOGS],
      ["database-resets", WITH_LOGS],
      ["service-starts", {}],
    ] as const) {
      const address = await ask(resource, fields);
      await work();
      t.match(await text(address), WAITS);
      await setParked(db, agent.id, true, clock());
      const leave = isBack ? await dialIn() : null;
      await work();
      t.match(await text(address), PARKED);
      t.notMatch(await text(address), WAITS);
      await leave?.();
      await setParked(db, agent.id, false, clock());
    }
  }
  t.equal((await text("/audit")).split(PARKED).length, 1 + 6);
  t.same(pos.calls(), []);
});

t.test("a reset ends when its POS server is parked right before the agent was to be told", async (t) => {
  const { agent, db, client, clock, pos, ask, reset, dialIn, untilResetEnds } = await startDiallingScene(t);
  await dialIn();
  happenInNext(client, "readDatabaseReset", () => setParked(db, agent.id, true, clock()));
  await ask("database-resets", NO_LOGS);
  await untilResetEnds();
  t.match(await reset(), { step: "failed", failureCode: "parked", begunAt: null });
  t.same(pos.calls(), []);
});
