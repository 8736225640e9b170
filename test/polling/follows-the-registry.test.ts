import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { addPosServer, reconnectPosServer } from "../../src/monitor/registry/registry.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { startPoller } from "../helpers/poller.ts";
import { TOKEN } from "../helpers/pos-server.ts";

/** Where a POS server is called since it was connected anew. */
const MOVED = {
  connection: "direct" as const,
  address: "https://10.1.1.2:8443",
  token: TOKEN,
  fingerprint: null,
  identity: null,
};

t.test("what another program adds, changes and removes is followed with the next tick", async (t) => {
  const monitor = await startPoller(t);
  const organizationId = await monitor.addOrganization();
  const first = await monitor.addPosServer({ organizationId });
  await monitor.run(1);
  const other = openDatabase(join(monitor.dataDir, DATABASE_FILE));
  t.teardown(() => other.db.destroy());

  const second = await addPosServer(
    other.db,
    monitor.app.secretBox,
    {
      organizationId,
      name: "Арбат, 3",
      pollIntervalMs: null,
      isParked: false,
      ...MOVED,
      address: "https://10.1.1.1:8443",
    },
    monitor.clock(),
  );
  await monitor.run(1);
  t.match(monitor.client.calls.at(-1), { id: second, address: "https://10.1.1.1:8443" });
  t.match(await monitor.status(second), { state: "synced" });

  await reconnectPosServer(other.db, monitor.app.secretBox, second, { ...MOVED, token: "another" });
  await monitor.run(1);
  t.match(monitor.client.calls.at(-1), { id: second, address: "https://10.1.1.2:8443", token: "another" });
  t.same(monitor.client.forgotten, [second]);

  await other.db.deleteFrom("posServer").where("id", "=", first).execute();
  const before = monitor.client.calls.length;
  await monitor.run(60);
  const polled = monitor.client.calls.slice(before).map(({ id }) => id);
  t.same(polled, [second]);
  t.same(monitor.client.forgotten, [second, first]);
});

t.test("one that was backed off is polled at once when it is connected anew", async (t) => {
  const monitor = await startPoller(t, ({ address }) =>
    address?.includes("10.1.1.2") ? received(monitor.clock()) : failed(monitor.clock()),
  );
  const id = await monitor.addPosServer();
  await monitor.run(60 * 6);
  t.match(await monitor.status(id), { failedPolls: 5 });
  await reconnectPosServer(monitor.db, monitor.app.secretBox, id, MOVED);
  await monitor.run(2);
  t.match(await monitor.status(id), { state: "synced" });
});

t.test("the answer of one that was connected anew meanwhile is not taken for the new one's", async (t) => {
  const answer = Promise.withResolvers<StatusOutcome>();
  const monitor = await startPoller(t, () => answer.promise);
  const id = await monitor.addPosServer();
  await monitor.tick();
  await reconnectPosServer(monitor.db, monitor.app.secretBox, id, MOVED);
  monitor.clock.advance(1_000);
  await monitor.tick();
  answer.resolve(received(monitor.clock(), { error: "of the old one" }));
  await monitor.app.poller.idle();
  t.match(await monitor.status(id), { state: "pending", lastUpdateAt: null });
  await monitor.run(61);
  t.equal(monitor.client.calls.at(-1)?.address, "https://10.1.1.2:8443", "the new one is polled");
});

t.test("a POS server that is deleted while it is polled leaves nothing, and spoils no batch", async (t) => {
  const answer = Promise.withResolvers<void>();
  const monitor = await startPoller(t, async () => {
    await answer.promise;
    return received(monitor.clock());
  });
  const deleted = await monitor.addPosServer({ pollIntervalMs: 5_000 });
  const kept = await monitor.addPosServer({ pollIntervalMs: 5_000 });
  await monitor.tick();
  monitor.clock.advance(5_000);
  await monitor.tick();
  t.equal(monitor.client.calls.length, 2);
  await monitor.db.deleteFrom("posServer").where("id", "=", deleted).execute();
  answer.resolve();
  await monitor.app.poller.idle();
  t.equal(await monitor.status(deleted), undefined);
  t.match(await monitor.status(kept), { state: "synced" });
  const changes = await monitor.db.selectFrom("stateChange").select("posServerId").execute();
  t.notOk(changes.some(({ posServerId }) => posServerId === deleted));
});

t.test("a POS server that is parked while it is polled keeps its status", async (t) => {
  const answer = Promise.withResolvers<StatusOutcome>();
  const monitor = await startPoller(t, () => answer.promise);
  const id = await monitor.addPosServer();
  await monitor.tick();
  await setParked(monitor.db, id, true, monitor.clock());
  monitor.clock.advance(1_000);
  await monitor.tick();
  answer.resolve(received(monitor.clock(), { error: "too late" }));
  await monitor.app.poller.idle();
  t.match(await monitor.status(id), { state: "pending" });
});
