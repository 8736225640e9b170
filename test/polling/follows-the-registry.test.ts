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

t.test("what is moved, parked or deleted while it is polled takes no answer of before", async (t) => {
  const answer = Promise.withResolvers<StatusOutcome>();
  const monitor = await startPoller(t, () => answer.promise);
  const { db, app, clock, client, status } = monitor;
  const add = () => monitor.addPosServer({ pollIntervalMs: 5_000 });
  const [kept, moved, parked, deleted] = [await add(), await add(), await add(), await add()];
  for (let second = 0; second < 5; second++) {
    clock.advance(1_000);
    await monitor.tick();
  }
  t.equal(client.calls.length, 4);
  await reconnectPosServer(db, app.secretBox, moved, MOVED);
  await setParked(db, parked, true, clock());
  await db.deleteFrom("posServer").where("id", "=", deleted).execute();
  clock.advance(1_000);
  await monitor.tick();
  answer.resolve(received(clock(), { error: "of before" }));
  await app.poller.idle();
  t.match(await status(kept), { state: "sync_error" }, "nor does it spoil the batch");
  for (const id of [moved, parked]) t.match(await status(id), { state: "pending", lastUpdateAt: null });
  t.equal(await status(deleted), undefined);
  const changes = await db.selectFrom("stateChange").select("posServerId").execute();
  t.notOk(changes.some(({ posServerId }) => posServerId === deleted));
  await monitor.run(6);
  t.ok(client.calls.some(({ id, address }) => id === moved && address === MOVED.address));
});
