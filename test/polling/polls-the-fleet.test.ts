import t from "tap";
import { setArchived } from "../../src/monitor/organizations/registry/organizations.ts";
import { START } from "../helpers/clock.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { startPoller } from "../helpers/poller.ts";
import { TOKEN } from "../helpers/pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("each POS server is called as the registry says, and its report is saved", async (t) => {
  const monitor = await startPoller(t);
  const id = await monitor.addPosServer({
    address: "https://10.8.3.11:8443/pos",
    fingerprint: `sha256:${"ab".repeat(32)}`,
    identity: "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2",
  });
  await monitor.run(1);
  t.same(monitor.client.calls, [
    {
      id,
      connection: "direct",
      address: "https://10.8.3.11:8443/pos",
      token: TOKEN,
      fingerprint: `sha256:${"ab".repeat(32)}`,
      posServerId: "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2",
      crmId: "100237",
    },
  ]);
  t.match(await monitor.status(id), { state: "synced", lastUpdateAt: START + 1_000 });
});

t.test(
  "parked ones, those without an address and those of archived organizations are left alone",
  async (t) => {
    const monitor = await startPoller(t);
    const polled = await monitor.addPosServer();
    await monitor.addPosServer({ isParked: true });
    await monitor.addPosServer({ address: null });
    const organizationId = await monitor.addOrganization();
    await monitor.addPosServer({ organizationId });
    const { db } = monitor.app.database;
    await setArchived(db, organizationId, START);
    await monitor.run(61);
    t.same(new Set(monitor.client.calls.map(({ id }) => id)), new Set([polled]));
    t.equal(monitor.client.fleetSize, 1);
  },
);

t.test("an interval of its own goes before that of the settings", async (t) => {
  const monitor = await startPoller(t);
  const usual = await monitor.addPosServer();
  const often = await monitor.addPosServer({ pollIntervalMs: 10_000 });
  await monitor.run(60);
  t.equal(monitor.client.calls.filter(({ id }) => id === usual).length, 1);
  t.equal(monitor.client.calls.filter(({ id }) => id === often).length, 6);
});

t.test("a changed interval of the settings applies without a restart", async (t) => {
  const monitor = await startPoller(t);
  await monitor.addPosServer();
  await monitor.run(5);
  const { db } = monitor.app.database;
  await db.insertInto("setting").values({ key: "pollIntervalMs", value: "5000" }).execute();
  const before = monitor.client.calls.length;
  await monitor.run(16);
  t.equal(monitor.client.calls.length - before, 3);
});

t.test("two ticks at once are one", async (t) => {
  const monitor = await startPoller(t);
  await monitor.addPosServer();
  await Promise.all([monitor.tick(), monitor.tick()]);
  await monitor.app.poller.idle();
  t.equal(monitor.client.calls.length, 1);
});

t.test(
  "failing ones have places of their own, and healthy ones are on time beside 300 that hang",
  async (t) => {
    let isHanging = false;
    const dead = new Set<number>();
    const monitor = await startPoller(t, ({ id }) => {
      if (!dead.has(id)) return received(monitor.clock());
      return isHanging ? new Promise(() => undefined) : failed(monitor.clock());
    });
    for (let count = 0; count < 300; count++) dead.add(await monitor.addPosServer());
    const healthy: number[] = [];
    for (let count = 0; count < 100; count++) healthy.push(await monitor.addPosServer());
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
  },
);

t.test(
  "a POS server that makes the client throw has a failed poll, is polled again, and the others too",
  async (t) => {
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
  },
);

t.test("a token that was sealed with another key is a failure that can be seen", async (t) => {
  const monitor = await startPoller(t);
  const id = await monitor.addPosServer();
  const { db } = monitor.app.database;
  await db
    .updateTable("posServer")
    .set({ sealedToken: Buffer.alloc(60, 1) })
    .execute();
  await monitor.run(1);
  t.match(await monitor.status(id), {
    state: "unreachable",
    failureCode: "unauthorized",
    failureDetail: /key/,
  });
  t.equal(monitor.client.calls.length, 0);
});
