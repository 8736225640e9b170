import t from "tap";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { textOf } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";
import { signedIn } from "../helpers/sign-in.ts";

t.test("«Проверить связь» ends a back-off, and the page says when the next poll is", async (t) => {
  let isHealthy = false;
  const monitor = await startPoller(t, () =>
    isHealthy ? received(monitor.clock()) : failed(monitor.clock()),
  );
  const user = await signedIn(monitor, { organizations: "all" });
  const id = await monitor.addPosServer();
  await monitor.run(5 * 60);
  const page = async () => textOf((await user.get(`/pos-servers/${id}`)).body);
  t.match(await page(), /Следующий опрос 13:09:01 опрашивается реже, пока не ответит/);

  isHealthy = true;
  await user.post(`/pos-servers/${id}/polls`);
  t.match(await page(), /Синхронизирован с 13:05.*Следующий опрос 13:06:00 /);
  t.notMatch(await page(), /опрашивается реже/);
  isHealthy = false;
  const calls = monitor.client.calls.length;
  await monitor.run(2 * 60 + 1);
  t.equal(monitor.client.calls.length, calls + 2, "it is polled every minute again");
  t.match(await monitor.status(id), { state: "unreachable" });
});

t.test("who answers first after a common silence has the others asked, some at a time", async (t) => {
  let isCut = false;
  const monitor = await startPoller(t, () =>
    isCut ? failed(monitor.clock(), "connect_timeout") : received(monitor.clock()),
  );
  const ids = await addExchanging(monitor, 40);
  const run = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await monitor.run(1);
      const silent = await keepIncidents(monitor.app.database.db, monitor.clock());
      t.ok(silent.length <= 400, "never all of a chain at once");
      for (const id of silent) monitor.app.poller.pollSoon(id);
    }
  };
  await run(60);
  isCut = true;
  await run(20 * 60);
  isCut = false;
  await run(15);
  const states = await Promise.all(ids.map(async (id) => (await monitor.status(id))?.state));
  t.same(new Set(states), new Set(["synced"]), "though they were polled every five minutes");
});

t.test("an agent that keeps its connection is polled as often as ever", async (t) => {
  const monitor = await startPoller(t, () => failed(monitor.clock(), "response_timeout"));
  const connected = { connectedAt: monitor.clock(), address: "127.0.0.1", rivalAddress: null };
  monitor.client.agents.find = () => connected;
  await monitor.addPosServer();
  await monitor.run(12 * 60);
  t.equal(monitor.client.calls.length, 12);
});

t.test("one that is not polled has no next poll", async (t) => {
  const monitor = await startPoller(t);
  const user = await signedIn(monitor, { organizations: "all" });
  const id = await monitor.addPosServer({ address: null });
  await monitor.run(1);
  t.notMatch(textOf((await user.get(`/pos-servers/${id}`)).body), /Следующий опрос/);
});

t.test("intervals are said as people say them", async (t) => {
  const monitor = await startPoller(t);
  const user = await signedIn(monitor, { organizations: "all" });
  const cases: [number, string][] = [
    [5_000, "каждые 5 секунд"],
    [60_000, "каждую минуту"],
    [90_000, "каждые 90 секунд"],
    [300_000, "каждые 5 минут"],
    [1_260_000, "каждую 21 минуту"],
    [3_600_000, "каждый час"],
  ];
  for (const [pollIntervalMs, words] of cases) {
    const id = await monitor.addPosServer({ pollIntervalMs });
    t.match(textOf((await user.get(`/pos-servers/${id}`)).body), `Опрашивается ${words}`);
  }
});
