import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { CallError, failedOutcome } from "../../src/monitor/pos-client/calls/call-error.ts";
import type { PosClient } from "../../src/monitor/pos-client/client.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { whileWanted } from "../../src/monitor/workers/while-wanted.ts";
import { startMonitor } from "../helpers/app.ts";
import { createClock, MINUTE_MS, START } from "../helpers/clock.ts";
import { commandClient } from "../helpers/commands.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { makeFolder } from "../helpers/folder.ts";
import { provideDatabase } from "../helpers/migrated-database.ts";
import { getText, signedIn, textOf } from "../helpers/page.ts";
import { queueRequest } from "../helpers/requests.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const NO_LOGS = { crmId: "100237", startService: "1" };
const WITH_LOGS = { ...NO_LOGS, fetchLogs: "1" };
const WAITS = /Ждём, когда агент выйдет на связь, до 13:10\./;

/** A monitor by the test's clock, which listens, and a POS server whose real agent dials out when it is started. */
async function startScene(t: Test, change: (client: PosClient) => PosClient = (client) => client) {
  const clock = createClock();
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const client = change(commandClient(t, { now: clock }));
  const monitor = await startMonitor(t, { client, clock, dataDir, pauseMs: 5 });
  const { app } = monitor;
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const pos = await makeSampleService(t);
  await writeFile(
    join(pos.logs, "sync.log"),
    "[2026-11-24 13:42:10,000] INFO [4] — обмен завершён успешно\n",
  );
  const agent = await makeDiallingAgent(t, monitor, { monitor: url }, pos);
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  const { db } = app.database;
  const isConnected = () => client.agents.find(agent.id) !== null;

  async function ask(resource: string, fields: Record<string, string> = {}): Promise<string> {
    const answer = await user.post(`/pos-servers/${agent.id}/${resource}`, fields);
    const address = String(answer.headers.location ?? "");
    if (answer.statusCode !== 303) throw new Error(`${answer.statusCode} ${textOf(answer.body)}`);
    return address;
  }

  async function work(): Promise<void> {
    for (const runner of [app.databaseResets, app.serviceStarts, app.logRequests]) {
      await runner.tick();
      await runner.idle();
    }
  }

  return {
    ...{ app, monitor, url, clock, dataDir, client, pos, agent, user, db, ask, work, isConnected },
    reset: () => db.selectFrom("databaseReset").selectAll().executeTakeFirstOrThrow(),
    start: () => db.selectFrom("serviceStart").selectAll().executeTakeFirstOrThrow(),
    logs: () => db.selectFrom("logRequest").selectAll().executeTakeFirstOrThrow(),
    events: async (action: string) =>
      await db
        .selectFrom("auditEvent")
        .selectAll()
        .where("action", "=", action as never)
        .execute(),
    text: async (path: string, language: "ru" | "en" = "ru") => await getText(app, path, { language }),
    async workUntil(isReached: () => boolean | Promise<boolean>) {
      await waitFor(async () => {
        await work();
        return await isReached();
      });
    },
    async dialIn() {
      const running = await agent.start();
      await waitFor(isConnected);
      return running;
    },
  };
}

type Scene = Awaited<ReturnType<typeof startScene>>;

async function isReset({ reset }: Scene): Promise<boolean> {
  return ["awaiting_sync", "done"].includes((await reset()).step);
}

t.test("a reset waits for its agent, says so everywhere, and goes on when it dials in", async (t) => {
  const scene = await startScene(t);
  const { agent, monitor, pos, ask, work, reset, text, events, dialIn, workUntil } = scene;
  await monitor.fail(agent.id, "not_connected", "the agent is not connected");
  t.match(await text(`/pos-servers/${agent.id}/database-resets/new`), /Сброс подождёт его 10 минут/);
  const address = await ask("database-resets", NO_LOGS);
  for (let times = 0; times < 3; times++) await work();
  t.match(await reset(), { step: "resetting", begunAt: null, finishedAt: null });
  t.match(await text(address), WAITS);
  t.match(
    await text(address),
    /Ждём агента POS-сервера.*Убрать базу данных в резерв Дождаться первого обмена/,
  );
  t.match(await text(address), /Отменить сброс/);
  t.match(await text(address, "en"), /Waiting until 13:10 for the agent to connect\./);
  t.match(await text("/pos-servers"), /Сброс БД: ждём агента до 13:10/);
  t.match(await text("/pos-servers", "en"), /Reset: waiting for the agent until 13:10/);
  const page = await text(`/pos-servers/${agent.id}`);
  t.match(page, /ждёт агента до 13:10 Сброс БД: Анна Иванова/);
  t.match(page, /Ждём, когда агент выйдет на связь: пока ничего не сделано/);
  t.equal((await events("agent_await")).length, 1, "recorded once");
  t.match(await text("/audit"), /Анна Иванова.*сброс БД ждёт, когда агент выйдет на связь, до 24\.11 13:10/);

  await dialIn();
  await workUntil(() => isReset(scene));
  t.equal(await pos.read("pos.db"), "new database");
  t.notMatch(await text(address), /Ждём агента/);
});

t.test("a reset that has expired is never carried out by an agent that comes too late", async (t) => {
  const { pos, clock, ask, work, reset, text, events, dialIn } = await startScene(t);
  const address = await ask("database-resets", NO_LOGS);
  clock.advance(10 * MINUTE_MS - 1);
  await work();
  t.equal((await reset()).finishedAt, null);
  clock.advance(1);
  await dialIn();
  await work();
  t.match(await reset(), { step: "failed", failureCode: "agent_absent", begunAt: null });
  t.match(await text(address), /Прошло 10 минут, а агента на связи не было.*База данных не тронута/);
  t.match(await text(address, "en"), /10 minutes were over, and the agent was not connected/);
  t.equal((await events("database_reset_end")).length, 1);
  await work();
  t.same(pos.calls(), []);
});

for (const [what, advanceMs] of Object.entries({
  "whose time was over": 10 * MINUTE_MS,
  "before whose time the clock was set back": -60 * MINUTE_MS,
})) {
  t.test(`nothing is begun ${what} right before the agent was to be told`, async (t) => {
    const clockMoves: (() => void)[] = [];
    const scene = await startScene(t, (client) => ({
      ...client,
      async readDatabaseReset(...call) {
        const outcome = await client.readDatabaseReset(...call);
        clockMoves.pop()?.();
        return outcome;
      },
      async readServiceStart(...call) {
        const outcome = await client.readServiceStart(...call);
        clockMoves.pop()?.();
        return outcome;
      },
    }));
    const { clock, pos, ask, reset, start, text, dialIn, workUntil } = scene;
    await dialIn();
    clockMoves.push(() => clock.advance(advanceMs));
    const address = await ask("database-resets", NO_LOGS);
    await workUntil(async () => (await reset()).finishedAt !== null);
    t.match(await reset(), { step: "failed", failureCode: "expired", begunAt: null });
    t.match(await text(address), /Команду не удалось передать агенту за 10 минут/);
    clockMoves.push(() => clock.advance(advanceMs));
    await ask("service-starts");
    await workUntil(async () => (await start()).finishedAt !== null);
    t.match(await start(), { status: "failed", failureCode: "expired", startedAt: null });
    t.same(pos.calls(), []);
  });
}

t.test("what may have reached the agent is asked for, and not begun anew when it is too late", async (t) => {
  const sent: (string | null | undefined)[] = [];
  const scene = await startScene(t, (client) => ({
    ...client,
    // The order is lost on its way.
    async beginDatabaseReset(posServer, _key, _order, notAfter) {
      sent.push(notAfter);
      const lost = new CallError("not_connected", "lost", { isAnswerLost: true });
      clockMove();
      return failedOutcome(lost, posServer, Date.now());
    },
  }));
  const { clock, pos, ask, reset, text, dialIn, workUntil } = scene;
  const clockMove = () => clock.advance(10 * MINUTE_MS);
  await dialIn();
  const address = await ask("database-resets", NO_LOGS);
  const expiresAt = Date.now() + 10 * MINUTE_MS;
  await workUntil(async () => (await reset()).finishedAt !== null);
  t.match(await reset(), { step: "failed", failureCode: "outcome_unknown" });
  t.notMatch(await text(address), /агента на связи не было/);
  t.equal(sent.length, 1);
  t.ok(
    Math.abs(Date.parse(sent[0] ?? "") - expiresAt) < MINUTE_MS,
    "the agent knows by its own clock until when",
  );
  t.same(pos.calls(), []);
});

t.test("an order that was on its way for too long is refused by the agent", async (t) => {
  const late = new Date(0).toISOString();
  const scene = await startScene(t, (client) => ({
    ...client,
    beginDatabaseReset: (posServer, key, order) => client.beginDatabaseReset(posServer, key, order, late),
    beginServiceStart: (posServer, key, order) => client.beginServiceStart(posServer, key, order, late),
  }));
  const { pos, ask, reset, start, text, dialIn, workUntil } = scene;
  await dialIn();
  const address = await ask("database-resets", NO_LOGS);
  await workUntil(async () => (await reset()).finishedAt !== null);
  t.match(await reset(), { step: "failed", failureCode: "expired" });
  t.match(await text(address), /Команду не удалось передать агенту за 10 минут.*База данных не тронута/);
  await ask("service-starts");
  await workUntil(async () => (await start()).finishedAt !== null);
  t.match(await start(), { status: "failed", failureCode: "expired" });
  t.same(pos.calls(), []);
});

t.test("an agent that goes before it was told anything is waited for", async (t) => {
  let leave: (() => Promise<unknown>) | null = null;
  const scene = await startScene(t, (client) => ({
    ...client,
    async readDatabaseReset(...call) {
      await leave?.();
      leave = null;
      return await client.readDatabaseReset(...call);
    },
  }));
  const { pos, ask, reset, text, dialIn, workUntil, isConnected } = scene;
  const running = await dialIn();
  leave = async () => {
    await running.close();
    await waitFor(() => !isConnected());
  };
  const address = await ask("database-resets", NO_LOGS);
  await workUntil(async () => (await reset()).waitsSince !== null);
  t.match(await reset(), { step: "resetting", begunAt: null });
  t.match(await text(address), WAITS);
  t.same(pos.calls(), []);
  await dialIn();
  await workUntil(() => isReset(scene));
  t.equal(await pos.read("pos.db"), "new database");
});

t.test("what waits can be cancelled, until its agent is told", async (t) => {
  const scene = await startScene(t);
  const { agent, pos, user, ask, work, reset, start, text, dialIn, workUntil } = scene;
  const address = await ask("database-resets", NO_LOGS);
  await work();
  t.equal((await user.post(`${address}/cancellation`)).headers.location, address);
  t.match(await reset(), { step: "failed", failureCode: "cancelled" });

  const startAddress = await ask("service-starts");
  await work();
  t.match(await text(startAddress), /Отменить запуск/);
  t.equal((await user.post(`${startAddress}/cancellation`)).headers.location, startAddress);
  t.match(await start(), { status: "failed", failureCode: "start_cancelled" });
  t.match(await text(startAddress), /Запуск отменён/);
  t.match(await text(startAddress, "en"), /The start was cancelled/);
  t.match(await text(`/pos-servers/${agent.id}`), /отменён Запуск службы: Анна Иванова/);
  await dialIn();
  await work();
  t.same(pos.calls(), []);

  await writeFile(pos.path("service-state.txt"), "stopped\n");
  const told = await ask("service-starts");
  await workUntil(() => pos.calls().length > 0);
  const tooLate = await user.post(`${told}/cancellation`);
  t.equal(tooLate.headers.location, `${told}?tooLate=1`);
  t.match(await text(`${told}?tooLate=1`), /Отменить уже нельзя/);
});

t.test("the start of a service waits likewise", async (t) => {
  const scene = await startScene(t);
  const { agent, clock, pos, ask, work, text, db, dialIn, workUntil, events } = scene;
  const address = await ask("service-starts");
  await work();
  t.match(await text(address), WAITS);
  t.match(await text(address, "en"), /Waiting until 13:10 for the agent to connect\./);
  t.match(await text("/pos-servers"), /Запуск службы: ждём агента до 13:10/);
  t.match(await text(`/pos-servers/${agent.id}`), /ждёт агента до 13:10 Запуск службы: Анна Иванова/);
  t.equal((await events("agent_await")).length, 1);
  clock.advance(10 * MINUTE_MS);
  await work();
  t.match(await text(address), /Прошло 10 минут, а агента на связи не было/);

  await writeFile(pos.path("service-state.txt"), "stopped\n");
  await ask("service-starts");
  await dialIn();
  const last = () =>
    db.selectFrom("serviceStart").selectAll().orderBy("id", "desc").executeTakeFirstOrThrow();
  await workUntil(async () => (await last()).status === "done");
  t.match(await last(), { waitsSince: null, failureCode: null });
  t.same(pos.calls(), ["start"]);
});

t.test("a start that is asked for once more waits its ten minutes from then on", async (t) => {
  const { monitor, agent, clock, ask, work, start, text, events } = await startScene(t);
  const address = await ask("service-starts");
  await work();
  clock.advance(9 * MINUTE_MS);
  const other = await signedIn(monitor, { name: "Борис Ильин", organizations: "all" });
  const joined = await other.post(`/pos-servers/${agent.id}/service-starts`);
  t.equal(joined.headers.location, address);
  t.match(await text(address), /Ждём, когда агент выйдет на связь, до 13:19\./);
  t.match(
    await text("/audit"),
    /Борис Ильин.*запуск службы ждёт, когда агент выйдет на связь, до 24\.11 13:19/,
  );
  t.equal((await events("agent_await")).length, 2);
  clock.advance(10 * MINUTE_MS - 1);
  await work();
  t.match(await start(), { finishedAt: null });
  clock.advance(1);
  await work();
  t.match(await start(), { status: "failed", failureCode: "agent_absent" });
});

t.test("logs that a reset joins may wait as long as it does", async (t) => {
  const { app, agent, db, clock, ask, reset, logs, dialIn } = await startScene(t);
  await dialIn();
  await app.logRequests.stop();
  const id = await queueRequest(db, agent.id, clock());
  await db
    .updateTable("logRequest")
    .set({ expiresAt: clock() + MINUTE_MS })
    .execute();
  await ask("database-resets", WITH_LOGS);
  await waitFor(async () => (await reset()).logRequestId !== null);
  t.match(await reset(), { logRequestId: id, expiresAt: clock() + 10 * MINUTE_MS });
  t.match(await logs(), { expiresAt: clock() + 10 * MINUTE_MS });
});

t.test("logs are asked for when the agent is there, and the reset goes on with them", async (t) => {
  const scene = await startScene(t);
  const { db, pos, ask, work, reset, text, dialIn, workUntil } = scene;
  const address = await ask("database-resets", WITH_LOGS);
  await work();
  t.match(await reset(), { step: "fetching_logs", logRequestId: null });
  t.same(await db.selectFrom("logRequest").select("id").execute(), []);
  t.match(await text(address), WAITS);
  t.match(await text(address), /Ждём агента POS-сервера.*Получить логи за последние сутки Убрать базу/);
  await dialIn();
  await workUntil(() => isReset(scene));
  t.equal(await pos.read("pos.db"), "new database");
});

/** A scene whose agent is there, and goes when its logs are asked for, so many milliseconds later. */
async function startWithLeavingAgent(t: Test, afterMs = 0) {
  let leave: (() => Promise<unknown>) | null = null;
  const scene = await startScene(t, (client) => ({
    ...client,
    async listLogs(...call) {
      await leave?.();
      leave = null;
      return await client.listLogs(...call);
    },
  }));
  const { clock, reset, logs, dialIn, isConnected } = scene;
  const running = await dialIn();
  leave = async () => {
    clock.advance(afterMs);
    await running.close();
    await waitFor(() => !isConnected());
  };
  const areLogsWaiting = async () =>
    (await reset()).logRequestId !== null && (await logs()).waitsSince !== null;
  return { ...scene, areLogsWaiting };
}

for (const isBackTooLate of [true, false]) {
  const ending = isBackTooLate ? "comes back too late" : "stays away";
  t.test(`an agent that goes while its logs come and ${ending} resets nothing`, async (t) => {
    const scene = await startWithLeavingAgent(t, 4 * MINUTE_MS);
    const { app, clock, pos, ask, work, reset, logs, text, dialIn, areLogsWaiting, workUntil } = scene;
    const address = await ask("database-resets", WITH_LOGS);
    await workUntil(areLogsWaiting);
    await work();
    t.match(await text(address), WAITS);
    t.match(await text("/pos-servers"), /Сброс БД: ждём агента до 13:10/);
    t.match(await text(`/log-requests/${(await logs()).id}`), WAITS, "its logs are of no use any longer");
    t.match(await text("/audit"), /запрос логов ждёт, когда агент выйдет на связь, до 24\.11 13:10/);
    clock.advance(6 * MINUTE_MS - 1);
    await work();
    t.match(await reset(), { step: "fetching_logs" });
    clock.advance(1);
    if (isBackTooLate) await dialIn();
    await app.databaseResets.tick();
    await app.databaseResets.idle();
    t.match(await reset(), { step: "failed", failureCode: "agent_absent" });
    t.ok((await logs()).finishedAt, "its logs end with it, if not by themselves at that moment");
    await work();
    t.same(pos.calls(), []);
  });
}

/** A scene whose agent lists its logs only when it is let. */
async function startWithHeldLogs(t: Test) {
  const isLet = Promise.withResolvers<void>();
  const scene = await startScene(t, (client) => ({
    ...client,
    async listLogs(posServer, period, signal) {
      await whileWanted(isLet.promise, signal);
      return await client.listLogs(posServer, period, signal);
    },
  }));
  return {
    ...scene,
    letLogsCome: () => isLet.resolve(),
    async workOnResets() {
      await scene.app.databaseResets.tick();
      await scene.app.databaseResets.idle();
    },
  };
}

for (const [what, otherLogs] of Object.entries({
  "take long": null,
  "queue behind others of the same POS server": {
    ...{ from: "2026-11-01T00:00", to: "2026-11-20T00:00", maxMegabytes: "100" },
  },
})) {
  t.test(`a reset whose logs ${what} is carried out late only if a person decides so`, async (t) => {
    const scene = await startWithHeldLogs(t);
    const { clock, pos, user, db, ask, reset, text, dialIn, workOnResets, workUntil, letLogsCome } = scene;
    await dialIn();
    if (otherLogs) await ask("log-requests", otherLogs);
    const address = await ask("database-resets", WITH_LOGS);
    await workOnResets();
    t.equal((await db.selectFrom("logRequest").select("id").execute()).length, otherLogs ? 2 : 1);
    t.match(await text(address), /Ждём логов до 13:10\./);
    t.match(await text(address, "en"), /The logs are waited for until 13:10\./);
    clock.advance(10 * MINUTE_MS - 1);
    await workOnResets();
    t.match(await reset(), { step: "fetching_logs" });
    clock.advance(1);
    await workOnResets();
    t.match(await reset(), { step: "awaiting_decision", failureCode: "logs_late", begunAt: null });
    const page = await text(address);
    t.match(page, /Логи не пришли вовремя, ждём вашего решения.*Логи не пришли за 10 минут.*Сбросить сейчас/);
    t.notMatch(page, /Ждём агента|агента на связи не было|без этих логов/);
    t.match(await text(address, "en"), /The logs did not come within 10 minutes.*Reset now/);
    t.match(await text("/audit"), /Логи не пришли за 10 минут/);

    clock.advance(3 * 60 * MINUTE_MS);
    letLogsCome();
    await workUntil(async () => {
      const open = await db.selectFrom("logRequest").select("id").where("finishedAt", "is", null).execute();
      return open.length === 0;
    });
    t.match(await reset(), { step: "awaiting_decision" });
    t.same(pos.calls(), []);

    await user.post(`${address}/continuation`);
    await workUntil(() => isReset(scene));
    t.equal(await pos.read("pos.db"), "new database");
    t.match(await text(address), /Решено сбросить базу, хотя логи не пришли вовремя/);
  });
}

const WAITING = {
  "a reset": ["database-resets", NO_LOGS],
  "a reset with its logs": ["database-resets", WITH_LOGS],
  "a service start": ["service-starts", {}],
} as const;

for (const [what, [resource, fields]] of Object.entries(WAITING)) {
  for (const isBack of [false, true]) {
    const where = isBack ? "is back" : "is away";
    t.test(`${what} that waits ends when its POS server is parked; the agent ${where}`, async (t) => {
      const { agent, pos, db, clock, ask, work, text, dialIn } = await startScene(t);
      const address = await ask(resource, fields);
      await work();
      t.match(await text(address), WAITS);
      await setParked(db, agent.id, true, clock());
      if (isBack) await dialIn();
      await work();
      t.match(await text(address), /Опрос этого POS-сервера приостановлен/);
      t.match(await text("/audit"), /Опрос этого POS-сервера приостановлен/);
      t.notMatch(await text(address), WAITS);
      t.same(pos.calls(), []);
    });
  }
}

t.test("a reset ends when its POS server is parked right before the agent was to be told", async (t) => {
  let park: (() => Promise<unknown>) | null = null;
  const scene = await startScene(t, (client) => ({
    ...client,
    async readDatabaseReset(...call) {
      const outcome = await client.readDatabaseReset(...call);
      await park?.();
      return outcome;
    },
  }));
  const { agent, db, clock, pos, ask, reset, dialIn, workUntil } = scene;
  await dialIn();
  park = () => setParked(db, agent.id, true, clock());
  await ask("database-resets", NO_LOGS);
  await workUntil(async () => (await reset()).finishedAt !== null);
  t.match(await reset(), { step: "failed", failureCode: "parked", begunAt: null });
  t.same(pos.calls(), []);
});

t.test("a reset ends when its POS server is parked while its logs wait for the agent", async (t) => {
  const scene = await startWithLeavingAgent(t);
  const { agent, db, clock, pos, ask, work, reset, logs, areLogsWaiting, workUntil } = scene;
  await ask("database-resets", WITH_LOGS);
  await workUntil(areLogsWaiting);
  await setParked(db, agent.id, true, clock());
  await workUntil(async () => (await reset()).finishedAt !== null);
  t.match(await logs(), { status: "failed", failureCode: "parked" });
  t.match(await reset(), { step: "failed", failureCode: "parked" });
  await work();
  t.same(pos.calls(), []);
});

t.test("logs that come in the last moment are too late for a reset as well", async (t) => {
  const scene = await startWithHeldLogs(t);
  const { app, clock, pos, ask, reset, logs, dialIn, workOnResets, letLogsCome } = scene;
  await dialIn();
  await ask("database-resets", WITH_LOGS);
  await workOnResets();
  clock.advance(10 * MINUTE_MS);
  letLogsCome();
  await app.logRequests.idle();
  t.match(await logs(), { status: "done" });
  await workOnResets();
  t.match(await reset(), { step: "awaiting_decision", failureCode: "logs_late" });
  t.same(pos.calls(), []);
});

for (const [kind, fields] of Object.entries({ "database-resets": NO_LOGS, "service-starts": {} })) {
  t.test(`${kind} that expire although the agent is there do not blame its absence`, async (t) => {
    const { clock, pos, ask, work, text, dialIn } = await startScene(t);
    const address = await ask(kind, fields);
    await work();
    t.match(await text(address), WAITS);
    clock.advance(5 * MINUTE_MS);
    await dialIn();
    clock.advance(5 * MINUTE_MS);
    await work();
    t.match(await text(address), /Команду не удалось передать агенту за 10 минут/);
    t.same(pos.calls(), []);
  });

  t.test(`${kind} whose agent is back but gives no report do not say that it is away`, async (t) => {
    let isDumb = true;
    const scene = await startScene(t, (client) => ({
      ...client,
      async fetchStatus(posServer) {
        if (!isDumb || client.agents.isAway(posServer)) return await client.fetchStatus(posServer);
        const dumb = new CallError("response_timeout", "no answer within 10 s");
        return failedOutcome(dumb, posServer, START);
      },
    }));
    const { app, pos, ask, work, text, dialIn } = scene;
    await writeFile(pos.path("service-state.txt"), "stopped\n");
    const address = await ask(kind, fields);
    await work();
    t.match(await text(address), WAITS);
    await dialIn();
    await Promise.all([app.databaseResets.tick(), app.serviceStarts.tick()]);
    await waitFor(async () => (await text(address)).includes("Превышено время ожидания ответа POS-сервера"));
    t.notMatch(await text(address), /[Жж]дём.* агент/);
    isDumb = false;
    await waitFor(() => pos.calls().length > 0);
  });
}

for (const [kind, fields] of Object.entries({ "database-resets": NO_LOGS, "service-starts": {} })) {
  for (const isBackInTime of [true, false]) {
    const end = isBackInTime ? "is told by the next monitor in time" : "is never told late";
    t.test(`of ${kind}, what a monitor was stopped in the midst of telling ${end}`, async (t) => {
      const telling = Promise.withResolvers<void>();
      const hang = async (): Promise<never> => {
        telling.resolve();
        return await new Promise(() => undefined);
      };
      const scene = await startScene(t, (client) => ({
        ...client,
        beginDatabaseReset: hang,
        beginServiceStart: hang,
      }));
      const { app, agent, clock, dataDir, pos, ask, dialIn } = scene;
      await writeFile(pos.path("service-state.txt"), "stopped\n");
      const running = await dialIn();
      const address = await ask(kind, fields);
      await telling.promise;
      await app.close();
      await running.close();

      clock.advance(9 * MINUTE_MS);
      const client = commandClient(t, { now: clock });
      const next = await startMonitor(t, { client, clock, dataDir, pauseMs: 5 });
      const { databaseResets, serviceStarts } = next.app;
      const { port } = new URL(scene.url);
      await next.app.listen({ host: "127.0.0.1", port: Number(port) });
      const text = async () => await getText(next.app, address);
      const tick = async () => await Promise.all([databaseResets.tick(), serviceStarts.tick()]);
      await tick();
      if (!isBackInTime) clock.advance(MINUTE_MS);
      await agent.start();
      await waitFor(() => client.agents.find(agent.id) !== null);
      await waitFor(async () => {
        await tick();
        return isBackInTime ? pos.calls().length > 0 : (await text()).includes("не удалось передать");
      });
      if (isBackInTime) return;
      t.match(await text(), /Команду не удалось передать агенту за 10 минут/);
      t.same(pos.calls(), []);
    });
  }
}
