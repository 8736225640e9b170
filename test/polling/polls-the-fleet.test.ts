import t from "tap";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { START } from "../helpers/clock.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";
import { TOKEN } from "../helpers/pos-server.ts";
import { changeRows } from "../helpers/rows.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("each POS server is called as and as often as the registry says, others are not", async (t) => {
  const monitor = await startPoller(t);
  const { client, db } = monitor;
  const fingerprint = `sha256:${"ab".repeat(32)}`;
  const identity = "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2";
  const called = { address: "https://10.8.3.11:8443/pos", fingerprint } as const;
  const usual = await monitor.addPosServer({ ...called, identity });
  const often = await monitor.addPosServer({ pollIntervalMs: 10_000 });
  await monitor.addPosServer({ isParked: true });
  await monitor.addPosServer({ address: null });
  const organizationId = await monitor.addOrganization();
  await monitor.addPosServer({ organizationId });
  await setArchived(db, organizationId, START);
  await monitor.run(60);
  t.equal(client.fleetSize, 2);
  const callsOf = (wanted: number) => client.calls.filter(({ id }) => id === wanted);
  t.same(callsOf(usual), [
    { ...called, id: usual, connection: "direct", token: TOKEN, posServerId: identity, crmId: "100237" },
  ]);
  t.equal(callsOf(often).length, 6);
  t.equal(client.calls.length, 7, "neither parked ones, nor without an address, nor archived");
  t.match(await monitor.status(usual), { state: "synced", lastUpdateAt: START + 1_000 });
});

t.test("two ticks at once are one", async (t) => {
  const monitor = await startPoller(t);
  await monitor.addPosServer();
  await Promise.all([monitor.tick(), monitor.tick()]);
  await monitor.app.poller.idle();
  t.equal(monitor.client.calls.length, 1);
});

t.test("failing ones have places of their own; healthy ones are on time beside 220 that hang", async (t) => {
  let isHanging = false;
  const dead = new Set<number>();
  const monitor = await startPoller(t, ({ id }) => {
    if (!dead.has(id)) return received(monitor.clock());
    return isHanging ? new Promise(() => undefined) : failed(monitor.clock());
  });
  for (let count = 0; count < 220; count++) dead.add(await monitor.addPosServer());
  const healthy: number[] = [];
  for (let count = 0; count < 20; count++) healthy.push(await monitor.addPosServer());
  await monitor.run(60);
  isHanging = true;
  monitor.client.calls.length = 0;
  monitor.app.poller.stats();
  for (let second = 0; second < 60; second++) {
    monitor.clock.advance(1_000);
    await monitor.tick();
  }
  await waitFor(() => monitor.client.calls.filter(({ id }) => !dead.has(id)).length === healthy.length);
  t.equal(monitor.client.calls.filter(({ id }) => dead.has(id)).length, 200, "only 200 places hang");
  t.ok(monitor.app.poller.stats().maxLatenessMs < 2_000);
});

t.test("a POS server that makes the client throw has failed, and is polled again, as all are", async (t) => {
  const monitor = await startPoller(t, ({ id }) => {
    if (id === 1) throw new Error("a defect");
    return received(monitor.clock());
  });
  await monitor.addPosServer();
  const healthy = await monitor.addPosServer();
  await monitor.run(120);
  t.equal(monitor.client.calls.filter(({ id }) => id === 1).length, 2);
  t.match(await monitor.status(1), { state: "unreachable", failedPolls: 2, failureCode: "unexpected" });
  t.match(await monitor.status(healthy), { state: "synced" });
});

t.test("a token that was sealed with another key is a failure that can be seen", async (t) => {
  const monitor = await startPoller(t);
  const id = await monitor.addPosServer();
  await changeRows(monitor.db, "posServer", { sealedToken: Buffer.alloc(60, 1) });
  await monitor.run(1);
  const refused = { state: "unreachable", failureCode: "unauthorized", failureDetail: /key/ };
  t.match(await monitor.status(id), refused);
  t.equal(monitor.client.calls.length, 0);
});

t.test("«Проверить связь» ends a back-off, and the page says when the next poll is", async (t) => {
  let isHealthy = false;
  const monitor = await startPoller(t, () =>
    isHealthy ? received(monitor.clock()) : failed(monitor.clock()),
  );
  const user = await signedIn(monitor, { organizations: "all" });
  const id = await monitor.addPosServer();
  await monitor.run(5 * 60);
  const page = async () => await user.text(`/pos-servers/${id}`);
  t.match(await page(), /Следующий опрос 13:06:01 опрашивается реже, пока не ответит/);

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

t.test("who answers first after a long silence has the others asked, some at a time", async (t) => {
  let isCut = false;
  const monitor = await startPoller(t, () =>
    isCut ? failed(monitor.clock(), "connect_timeout") : received(monitor.clock()),
  );
  const ids = await addExchanging(monitor, 25);
  await monitor.run(60);
  isCut = true;
  await monitor.run(12 * 60);
  isCut = false;
  const { calls } = monitor.client;
  let most = 0;
  for (let second = 0, before = calls.length; second < 30; second++, before = calls.length) {
    await monitor.run(1);
    most = Math.max(most, calls.length - before);
  }
  t.ok(most > 1 && most < ids.length - 1, "never all of a chain at once");
  const states = await Promise.all(ids.map(async (id) => (await monitor.status(id))?.state));
  t.same(new Set(states), new Set(["synced"]), "though they were polled every five minutes");
});

t.test("an agent that keeps its connection is polled as often as ever", async (t) => {
  const monitor = await startPoller(t, () => failed(monitor.clock(), "response_timeout"));
  const connected = { connectedAt: monitor.clock(), address: "127.0.0.1" };
  monitor.client.agents.find = () => connected;
  await monitor.addPosServer();
  await monitor.run(12 * 60);
  t.equal(monitor.client.calls.length, 12);
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
    t.match(await user.text(`/pos-servers/${id}`), `Опрашивается ${words}`);
  }
  const unpolled = await monitor.addPosServer({ address: null });
  t.notMatch(await user.text(`/pos-servers/${unpolled}`), /Следующий опрос/);
});
