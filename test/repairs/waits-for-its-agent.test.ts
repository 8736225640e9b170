import t, { type Test } from "tap";
import { CallError, failedOutcome } from "../../src/monitor/pos-client/calls/call-error.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { START } from "../helpers/clock.ts";
import { commandClient } from "../helpers/commands.ts";
import { happenInNext, startDiallingScene } from "../helpers/dialling-scene.ts";
import { getText, signedIn } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";
import { waitFor } from "../helpers/wait-for.ts";

const NO_LOGS = { crmId: "100237", startService: "1" };
const WAITS = /Ждём, когда агент выйдет на связь, до 13:10\./;
const UNTOLD = /Команду не удалось передать агенту за 10 минут/;

t.test("a reset waits for its agent, says so everywhere, and goes on when it dials in", async (t) => {
  const scene = await startDiallingScene(t);
  const { agent, client, monitor, db, pos, ask, work, reset, text, dialIn, untilReset } = scene;
  await monitor.fail(agent.id, "not_connected", "the agent is not connected");
  t.match(await text(`/pos-servers/${agent.id}/database-resets/new`), /Сброс подождёт его 10 минут/);
  const address = await ask("database-resets", NO_LOGS);
  for (let times = 0; times < 3; times++) await work();
  t.match(await reset(), { step: "resetting", begunAt: null, finishedAt: null });
  const shown = await text(address);
  t.match(shown, WAITS);
  t.match(shown, /Ждём агента POS-сервера.*Убрать базу данных в резерв Дождаться первого обмена/);
  t.match(shown, /Отменить сброс/);
  t.match(await text("/pos-servers"), /Сброс БД: ждём агента до 13:10/);
  const page = await text(`/pos-servers/${agent.id}`);
  t.match(page, /ждёт агента до 13:10 Сброс БД: Анна Иванова/);
  t.match(page, /Ждём, когда агент выйдет на связь: пока ничего не сделано/);
  t.equal((await recordedEvents(db, "agent_await")).length, 1, "recorded once");
  t.match(await text("/audit"), /Анна Иванова.*сброс БД ждёт, когда агент выйдет на связь, до 24\.11 13:10/);

  let hasLeft = false;
  const leave = Promise.withResolvers<() => Promise<void>>();
  happenInNext(client, "readDatabaseReset", async () => {
    await (await leave.promise)();
    hasLeft = true;
  });
  leave.resolve(await dialIn());
  await scene.workUntil(async () => hasLeft && (await reset()).waitsSince !== null);
  t.match(await reset(), { step: "resetting", begunAt: null }, "it was not told anything");
  t.match(await text(address), WAITS);
  t.same(pos.calls(), []);

  await dialIn();
  await untilReset();
  t.equal(await pos.read("pos.db"), "new database");
  t.notMatch(await text(address), /Ждём агента/);
});

t.test("a reset that has expired is never carried out by an agent that comes too late", async (t) => {
  const { db, pos, clock, ask, work, reset, text, dialIn } = await startDiallingScene(t);
  const address = await ask("database-resets", NO_LOGS);
  clock.advance(10 * MINUTE_MS - 1);
  await work();
  t.equal((await reset()).finishedAt, null);
  clock.advance(1);
  await dialIn();
  await work();
  t.match(await reset(), { step: "failed", failureCode: "agent_absent", begunAt: null });
  t.match(await text(address), /Прошло 10 минут, а агента на связи не было.*База данных не тронута/);
  t.equal((await recordedEvents(db, "database_reset_end")).length, 1);
  await work();
  t.same(pos.calls(), []);
});

t.test(
  "what is out of time is not sent, and not carried out by an agent that is told too late",
  async (t) => {
    const scene = await startDiallingScene(t);
    const { client, clock, pos, ask, reset, start, text, dialIn } = scene;
    const { beginDatabaseReset, beginServiceStart } = client;
    const late = new Date(0).toISOString();
    client.beginDatabaseReset = (posServer, key, order) => beginDatabaseReset(posServer, key, order, late);
    client.beginServiceStart = (posServer, key, order) => beginServiceStart(posServer, key, order, late);
    await dialIn();
    for (const [advanceMs, begun] of [
      [10 * MINUTE_MS, null],
      [-60 * MINUTE_MS, null],
      [0, Number],
    ] as const) {
      happenInNext(client, "readDatabaseReset", () => clock.advance(advanceMs));
      const address = await ask("database-resets", NO_LOGS);
      await scene.untilResetEnds();
      t.match(await reset(), { step: "failed", failureCode: "expired", begunAt: begun });
      t.match(await text(address), /Команду не удалось передать агенту за 10 минут.*База данных не тронута/);
      happenInNext(client, "readServiceStart", () => clock.advance(advanceMs));
      await ask("service-starts");
      await scene.untilStartEnds();
      t.match(await start(), { status: "failed", failureCode: "expired", startedAt: begun });
    }
    t.same(pos.calls(), []);
  },
);

t.test("what may have reached the agent is asked for, and not begun anew when it is too late", async (t) => {
  const { client, clock, pos, ask, reset, text, dialIn, untilResetEnds } = await startDiallingScene(t);
  const sent: (string | null | undefined)[] = [];
  client.beginDatabaseReset = async (posServer, _key, _order, notAfter) => {
    sent.push(notAfter);
    clock.advance(10 * MINUTE_MS);
    const lost = new CallError("not_connected", "the order is lost on its way", { isAnswerLost: true });
    return failedOutcome(lost, posServer, Date.now());
  };
  await dialIn();
  const address = await ask("database-resets", NO_LOGS);
  const expiresAt = Date.now() + 10 * MINUTE_MS;
  await untilResetEnds();
  t.match(await reset(), { step: "failed", failureCode: "outcome_unknown" });
  t.notMatch(await text(address), /агента на связи не было/);
  t.equal(sent.length, 1);
  const awayMs = Math.abs(Date.parse(sent[0] ?? "") - expiresAt);
  t.ok(awayMs < MINUTE_MS, "the agent knows by its own clock until when");
  t.same(pos.calls(), []);
});

t.test("what waits can be cancelled, until its agent is told", async (t) => {
  const scene = await startDiallingScene(t);
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
  t.match(await text(`/pos-servers/${agent.id}`), /отменён Запуск службы: Анна Иванова/);
  await dialIn();
  await work();
  t.same(pos.calls(), []);

  await scene.stopService();
  const told = await ask("service-starts");
  await workUntil(() => pos.calls().length > 0);
  const tooLate = await user.post(`${told}/cancellation`);
  t.equal(tooLate.headers.location, `${told}?tooLate=1`);
  t.match(await text(`${told}?tooLate=1`), /Отменить уже нельзя/);
});

t.test("the start of a service waits likewise, and longer when it is asked for once more", async (t) => {
  const scene = await startDiallingScene(t);
  const { monitor, agent, db, clock, pos, ask, work, start, text, dialIn, untilStartEnds } = scene;
  const address = await ask("service-starts");
  await work();
  t.match(await text(address), WAITS);
  t.match(await text("/pos-servers"), /Запуск службы: ждём агента до 13:10/);
  t.match(await text(`/pos-servers/${agent.id}`), /ждёт агента до 13:10 Запуск службы: Анна Иванова/);
  t.equal((await recordedEvents(db, "agent_await")).length, 1);

  clock.advance(9 * MINUTE_MS);
  const other = await signedIn(monitor, { name: "Борис Ильин", organizations: "all" });
  const joined = await other.post(`/pos-servers/${agent.id}/service-starts`);
  t.equal(joined.headers.location, address);
  t.match(await text(address), /Ждём, когда агент выйдет на связь, до 13:19\./);
  const audit = await text("/audit");
  t.match(audit, /Борис Ильин.*запуск службы ждёт, когда агент выйдет на связь, до 24\.11 13:19/);
  t.equal((await recordedEvents(db, "agent_await")).length, 2);
  clock.advance(10 * MINUTE_MS - 1);
  await work();
  t.match(await start(), { finishedAt: null });
  clock.advance(1);
  await work();
  t.match(await start(), { status: "failed", failureCode: "agent_absent" });
  t.match(await text(address), /Прошло 10 минут, а агента на связи не было/);

  await scene.stopService();
  await ask("service-starts");
  await dialIn();
  await untilStartEnds();
  t.match(await start(), { status: "done", waitsSince: null, failureCode: null });
  t.same(pos.calls(), ["start"]);
});

const tickBoth = ({ databaseResets, serviceStarts }: TestMonitor["app"]) =>
  Promise.all([databaseResets.tick(), serviceStarts.tick()]);

/** A scene whose agent is away, in which both a start and a reset can be asked for at once. */
async function startWithBoth(t: Test) {
  const scene = await startDiallingScene(t);
  const { ask, text } = scene;
  return {
    ...scene,
    askForBoth: async () => [await ask("service-starts"), await ask("database-resets", NO_LOGS)],
    textsOf: async (addresses: string[]) => await Promise.all(addresses.map((address) => text(address))),
  };
}

t.test("what waits for an agent that is back but gives no report does not say that it is away", async (t) => {
  const scene = await startWithBoth(t);
  const { app, client, reset, start, askForBoth, work, textsOf, dialIn, stopService } = scene;
  const { agents, fetchStatus } = client;
  client.fetchStatus = async (posServer) => {
    if (agents.isAway(posServer)) return await fetchStatus(posServer);
    const dumb = new CallError("response_timeout", "no answer within 10 s");
    return failedOutcome(dumb, posServer, START);
  };
  await stopService();
  const addresses = await askForBoth();
  await work();
  t.match(await textsOf(addresses), [WAITS, WAITS]);
  await dialIn();
  await tickBoth(app);
  await waitFor(async () => {
    const texts = await textsOf(addresses);
    return texts.every((text) => text.includes("Превышено время ожидания ответа POS-сервера"));
  });
  for (const text of await textsOf(addresses)) t.notMatch(text, /[Жж]дём.* агент/);
  client.fetchStatus = fetchStatus;
  const isReset = async () => ["awaiting_sync", "done"].includes((await reset()).step);
  await waitFor(async () => (await start()).finishedAt !== null && (await isReset()));
  t.equal((await start()).status, "done");
});

for (const isBackInTime of [true, false]) {
  const end = isBackInTime ? "is told by the next monitor in time" : "is never told late";
  t.test(`what a monitor was stopped in the midst of telling ${end}`, async (t) => {
    const scene = await startWithBoth(t);
    const { app, monitor, url, agent, clock, client, pos, askForBoth, dialIn, stopService } = scene;
    const told: Promise<void>[] = [];
    for (const begin of ["beginDatabaseReset", "beginServiceStart"] as const) {
      const { promise, resolve } = Promise.withResolvers<void>();
      told.push(promise);
      client[begin] = async () => {
        resolve();
        return await new Promise(() => undefined);
      };
    }
    await stopService();
    const leave = await dialIn();
    const addresses = await askForBoth();
    await Promise.all(told);
    await app.close();
    await leave();

    clock.advance(9 * MINUTE_MS);
    const nextClient = commandClient(t, { now: clock });
    const { dataDir } = monitor;
    const next = await startMonitor(t, { client: nextClient, clock, dataDir, pauseMs: 5 });
    await next.app.listen({ host: "127.0.0.1", port: Number(new URL(url).port) });
    await tickBoth(next.app);
    if (!isBackInTime) clock.advance(MINUTE_MS);
    await agent.start();
    await waitFor(() => nextClient.agents.find(agent.id) !== null);
    const ends = async () => [
      (await readRow(next.db, "serviceStart")).status,
      (await readRow(next.db, "databaseReset")).step,
    ];
    await waitFor(async () => {
      await tickBoth(next.app);
      return (await ends()).every((end) => !["queued", "running", "resetting"].includes(end));
    });
    if (isBackInTime) return t.match(await ends(), ["done", /awaiting_sync|done/]);
    for (const address of addresses) t.match(await getText(next.app, address), UNTOLD);
    t.same(pos.calls(), []);
  });
}
