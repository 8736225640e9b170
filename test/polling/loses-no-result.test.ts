import { join } from "node:path";
import SQLite from "better-sqlite3";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { createResultWriter } from "../../src/monitor/polling/result-writer.ts";
import type { PollResult } from "../../src/monitor/polling/save-results.ts";
import { START } from "../helpers/clock.ts";
import { received } from "../helpers/outcomes.ts";
import { getPage, sessionOf } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";
import { waitFor } from "../helpers/wait-for.ts";

function resultOf(posServerId: number): PollResult {
  return { posServerId, outcome: received(START) };
}

t.test("results are saved in order, 100 at once, and a few a moment later by themselves", async (t) => {
  const batches: number[][] = [];
  const writer = createResultWriter<PollResult>(
    async (results) => void batches.push(results.map(({ posServerId }) => posServerId)),
    () => t.fail("no error"),
  );
  for (let id = 1; id <= 250; id++) writer.add(resultOf(id));
  await writer.flush();
  const lengths = batches.map(({ length }) => length);
  t.same(lengths, [100, 100, 50]);
  const inOrder = Array.from({ length: 250 }, (_, index) => index + 1);
  t.same(batches.flat(), inOrder);
  for (const id of [251, 252]) writer.add(resultOf(id));
  t.equal(batches.length, 3);
  await waitFor(() => batches.length === 4);
  t.same(batches.at(-1), [251, 252]);
});

t.test("a batch that could not be saved is tried again, before what came later", async (t) => {
  const saved: number[] = [];
  const errors: unknown[] = [];
  let isBroken = true;
  const writer = createResultWriter<PollResult>(
    async (results) => {
      if (isBroken) throw new Error("disk full");
      saved.push(...results.map(({ posServerId }) => posServerId));
    },
    (error) => errors.push(error),
  );
  const ids = Array.from({ length: 150 }, (_, index) => index + 1);
  for (const id of ids) writer.add(resultOf(id));
  await writer.flush();
  t.match(errors, [{ message: "disk full" }]);
  isBroken = false;
  await waitFor(() => saved.length === ids.length);
  t.same(saved, ids);
});

t.test("a locked database loses nothing, and the page says that polls wait", async (t) => {
  const monitor = await startPoller(t);
  const { sqlite } = monitor.app.database;
  sqlite.pragma("busy_timeout = 1");
  const id = await monitor.addPosServer();
  const other = new SQLite(join(monitor.dataDir, DATABASE_FILE));
  t.teardown(() => other.close());

  await sessionOf(monitor.app);
  other.exec("begin immediate");
  await monitor.tick();
  await monitor.app.poller.idle();
  t.match(await monitor.status(id), { state: "pending" });
  t.equal(monitor.app.poller.stalledSince(), START);
  const page = await getPage(monitor.app, "/pos-servers");
  t.match(page.body, "Опрос POS-серверов не идёт");

  other.exec("rollback");
  await waitFor(async () => (await monitor.status(id))?.state === "synced");
  t.equal(monitor.app.poller.stalledSince(), null);
  await monitor.run(60);
  t.equal(monitor.client.calls.length, 2, "and it is polled on");
});

t.test("settings that cannot be read stop the polls, and the poller says since when", async (t) => {
  const monitor = await startPoller(t);
  await monitor.db.schema.dropTable("setting").execute();
  for (let second = 0; second <= 61; second++) {
    await t.rejects(monitor.tick(), /no such table: setting/);
    monitor.clock.advance(1_000);
  }
  t.equal(monitor.app.poller.stalledSince(), START);
});
