import t, { type Test } from "tap";
import { markAsRestored } from "../../src/monitor/installation/restored-copy.ts";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { takeBackLogPatterns } from "../../src/monitor/log-patterns/sets/pattern-sets.ts";
import { readSetsInForce } from "../../src/monitor/log-patterns/sets/sets-in-force.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { configurationId, type TaughtPatterns } from "../../src/protocol/log-patterns.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { received } from "../helpers/outcomes.ts";
import { getText } from "../helpers/page.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { refuse, startTeachableServer } from "../helpers/teachable-server.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { ACTOR, teach } from "./fixtures.ts";

const DONE: TaughtPatterns = { ...NO_PATTERNS, succeeded: ["SyncJob done"] };
const ENDED: TaughtPatterns = { ...NO_PATTERNS, succeeded: ["SyncJob ended"] };
const BROKE: TaughtPatterns = { ...NO_PATTERNS, failed: ["SyncJob broke"] };

/** A monitor and a POS server that it has polled. */
async function startTaught(t: Test) {
  const monitor = await startMonitor(t);
  const { app, db, clock } = monitor;
  const server = await startTeachableServer(t, clock);
  const id = await monitor.addPosServer({ address: server.address, fingerprint: server.fingerprint });
  await app.pollNow(id);
  return {
    monitor,
    server,
    id,
    teach: (scope: "all" | "own", patterns: TaughtPatterns) => teach(monitor, id, scope, patterns),
    async takeBack(scope: "all" | "own") {
      const { ofAll, own } = await readSetsInForce(db);
      const set = scope === "all" ? ofAll : own.get(id);
      await takeBackLogPatterns(db, ACTOR, set?.id ?? 0, clock());
    },
    async send({ logPatterns } = app) {
      await logPatterns.tick();
      await logPatterns.idle();
    },
    said: async () => await getText(app, `/pos-servers/${id}`),
    refusals: async () => await recordedEvents(db, "log_patterns_refuse"),
  };
}

t.test("what is taught goes to every agent that answers, once", async (t) => {
  const { monitor, server, teach, send, said } = await startTaught(t);
  const other = await startTeachableServer(t, monitor.clock);
  const { address, fingerprint } = other;
  const otherId = await monitor.addPosServer({ address, fingerprint });
  await send();
  t.same(server.taught, [], "nothing was taught, and nothing is sent");

  await teach("all", DONE);
  await send();
  await send();
  t.strictSame(server.taught, [DONE]);
  t.same(other.taught, [], "whoever has never answered may not be able to be taught");
  t.match(await said(), /Шаблоны логов переданы/);

  await monitor.app.pollNow(otherId);
  await send();
  t.strictSame(other.taught, [DONE]);
  t.match(await recordedEvents(monitor.db, "log_patterns_teach"), [{ result: "done", posServerId: null }]);
});

t.test("an agent that was away takes it when it comes back, also from another process", async (t) => {
  const { monitor, server, id, teach, send, said } = await startTaught(t);
  await monitor.fail(id);
  await teach("all", DONE);
  await send();
  t.same(server.taught, []);
  t.match(await said(), /Шаблоны логов ещё не отправлены/);

  await monitor.app.close();
  const again = await startMonitor(t, { dataDir: monitor.dataDir, clock: monitor.clock });
  await again.app.pollNow(id);
  await send(again.app);
  t.strictSame(server.taught, [DONE]);
});

t.test("its own patterns come before those of all, and taking back sends what was before", async (t) => {
  const { server, teach, takeBack, send } = await startTaught(t);
  const steps: [change: () => Promise<void>, expected: TaughtPatterns | null][] = [
    [() => teach("all", DONE), DONE],
    [() => teach("own", BROKE), { ...BROKE, succeeded: DONE.succeeded }],
    [() => teach("all", ENDED), { ...BROKE, succeeded: ENDED.succeeded }],
    [() => takeBack("own"), ENDED],
    [() => takeBack("all"), DONE],
    [() => takeBack("all"), null],
  ];
  for (const [change, expected] of steps) {
    await change();
    await send();
    t.strictSame(server.taught.at(-1), expected);
  }
  await send();
  t.equal(server.taught.length, 6);
});

t.test("an agent that refuses is told of and asked again every five minutes, others at once", async (t) => {
  const { monitor, server, id, teach, send, said, refusals } = await startTaught(t);
  let asked = 0;
  const answerWith = (status: number) =>
    server.instead.set("PUT /v1/configuration", (response) => {
      asked += 1;
      refuse(status, "invalid_pattern", "/succeeded/0: no")(response);
    });
  const sendAfter = async (ms: number) => {
    monitor.clock.advance(ms);
    await monitor.app.pollNow(id);
    await send();
  };
  answerWith(400);
  await teach("own", DONE);
  for (const ms of [0, MINUTE_MS, 3 * MINUTE_MS]) await sendAfter(ms);
  t.equal(asked, 1);
  t.match(await said(), /не приняты: Агент отказался: .*\/succeeded\/0: no\. Следующая попытка не раньше/);
  await sendAfter(MINUTE_MS);
  t.equal(asked, 2);
  monitor.clock.advance(-60 * MINUTE_MS);
  await send();
  t.equal(asked, 3, "a clock that was set back keeps nobody waiting");

  answerWith(500);
  await sendAfter(5 * MINUTE_MS);
  t.match(await said(), /Шаблоны логов не приняты: .*500/);
  for (const status of [400, 404]) {
    answerWith(status);
    await sendAfter(5 * MINUTE_MS);
  }
  const recorded = await refusals();
  t.match(recorded, [{ result: "failed", posServerId: id, detail: [{ values: { code: "refused" } }] }]);
  t.equal(recorded.length, 1, "recorded once, whatever fails in between");

  answerWith(400);
  await teach("own", ENDED);
  await send();
  t.equal((await refusals()).length, 2, "and again for other patterns");
  server.instead.clear();
  await teach("own", BROKE);
  await send();
  t.strictSame(server.taught, [BROKE], "others are sent at once");
});

t.test("an agent that takes something else, is outdated or is missing is told of", async (t) => {
  const { monitor, server, id, teach, send, said } = await startTaught(t);
  let asked = 0;
  server.instead.set("PUT /v1/configuration", (response) => {
    asked += 1;
    response.setHeader("content-type", "application/json").end('{"configurationId":null}');
  });
  await teach("all", DONE);
  await send();
  await monitor.app.pollNow(id);
  await send();
  t.equal(asked, 1, "it is asked again later");
  t.match(await said(), /Шаблоны логов не приняты/);

  server.instead.clear();
  server.isOutdated = true;
  monitor.clock.advance(5 * MINUTE_MS);
  await monitor.app.pollNow(id);
  await send();
  t.match(await said(), /Агент устарел, обновите его/);
  server.reported = { agent: null };
  await monitor.app.pollNow(id);
  await send();
  t.same(server.taught, []);
  t.match(await said(), /Шаблоны логов не отправить: у POS-сервера нет агента Poswatch/);
});

t.test("a restored copy sends nothing until its monitor may act; parked ones are left alone", async (t) => {
  const { monitor, server, id, teach, send } = await startTaught(t);
  const { db } = monitor;
  await teach("all", DONE);
  await markAsRestored(db, monitor.clock());
  await send();
  t.match(await monitor.app.logPatterns.sendNow(id), { code: "restored_copy" });
  t.same(server.taught, []);
  await db.deleteFrom("setting").execute();
  await setParked(db, id, true, monitor.clock());
  await send();
  t.same(server.taught, []);
  await setParked(db, id, false, monitor.clock());
  await send();
  t.strictSame(server.taught, [DONE]);
});

t.test("agents are taught a few at once, and those that hang keep no others from it", async (t) => {
  let underWay = 0;
  let most = 0;
  const taught = new Set<number>();
  const hanging = Promise.withResolvers<never>();
  const client = createScriptedClient(() => received(monitor.clock(), { agent: { configurationId: null } }), {
    async putConfiguration({ id }, _configuration, signal) {
      underWay += 1;
      most = Math.max(most, underWay);
      signal.addEventListener("abort", () => hanging.reject(signal.reason));
      if (id <= 4) return await hanging.promise;
      await new Promise(setImmediate);
      underWay -= 1;
      taught.add(id);
      return { ok: true, value: { configurationId: configurationId(DONE) }, receivedAt: monitor.clock() };
    },
  });
  hanging.promise.catch(() => undefined);
  const monitor = await startMonitor(t, { client });
  for (let id = 1; id <= 40; id += 1) await monitor.app.pollNow(await monitor.addPosServer());
  await teach(monitor, 1, "all", DONE);
  await waitFor(async () => {
    await monitor.app.logPatterns.tick();
    return taught.size === 36;
  });
  t.ok(most > 4 && most <= 16, `${most} at once`);
});
