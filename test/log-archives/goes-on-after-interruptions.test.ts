import { writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import t from "tap";
import { createLogRequestRunner } from "../../src/monitor/log-archives/fetching/work.ts";
import { TIMING } from "../../src/monitor/log-archives/fetching/work-context.ts";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { type LogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";
import { sendZip, zipOf } from "../helpers/log-server.ts";
import { changeRows } from "../helpers/rows.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** Sends the first archive, and of the second one only a part, then nothing more. */
function hangAtSecond(monitor: LogMonitor) {
  const { server } = monitor;
  let hanging: ServerResponse | undefined;
  server.misbehave.push(
    (response, order) => sendZip(response, zipOf(order, server.logs)),
    (response) => {
      hanging = response;
      response.setHeader("content-type", "application/zip").write(Buffer.alloc(1_000, 1));
    },
  );
  return {
    hanging: () => hanging,
    /** The first one is there, a part of the second too. */
    async isReached(id: number): Promise<boolean> {
      const [first] = await monitor.archives(id);
      return first?.status === "done" && (await monitor.stored()).length === 2;
    },
  };
}

t.test("cancelling ends the work at once, offers what was fetched, and leaves nothing else", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { hanging, isReached } = hangAtSecond(monitor);
  const id = await monitor.queue();
  await monitor.runner.tick();
  await waitFor(() => isReached(id));
  await changeRows(monitor.db, "logRequest", { status: "cancelled", finishedAt: monitor.clock() }, { id });
  monitor.runner.interrupt(id);
  await monitor.runner.idle();
  await waitFor(() => hanging()?.closed === true);
  t.match(await monitor.request(id), { status: "cancelled", failureCode: null });
  const archives = await monitor.archives(id);
  t.match(archives, [{ status: "done" }, { status: "planned", attempts: 0 }]);
  t.same(await monitor.stored(), [archives[0]?.path]);
  t.same(await monitor.db.selectFrom("auditEvent").select("action").execute(), []);
});

t.test("an archive that is whole when its request is cancelled is not offered any more", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { server } = monitor;
  const id = await monitor.queue();
  server.misbehave.push((response, order) => {
    const cancelled = { status: "cancelled", finishedAt: monitor.clock() } as const;
    const cancelling = changeRows(monitor.db, "logRequest", cancelled, { id });
    void cancelling.then(() => sendZip(response, zipOf(order, server.logs)));
  });
  await monitor.work();
  t.match(await monitor.archives(id), [{ status: "planned", path: null }, { status: "planned" }]);
  t.same(await monitor.stored(), []);
});

t.test("after a restart finished archives stay, and the one in flight starts again", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, db, store, server, clock } = monitor;
  const { isReached } = hangAtSecond(monitor);
  const id = await monitor.queue();
  await monitor.runner.tick();
  await waitFor(() => isReached(id));
  await monitor.runner.stop();
  const [first] = await monitor.archives(id);
  t.match(await monitor.request(id), { status: "running", finishedAt: null });
  t.same(await monitor.stored(), [first?.path], "stopping leaves no part");

  const client = createPosClient({ now: clock });
  t.teardown(() => client.close());
  const { secretBox, log } = app;
  const context = { db, client, secretBox, store, timing: TIMING, log, clock, monotonicClock: clock };
  const next = createLogRequestRunner(context);
  await next.tick();
  await next.idle();
  t.match(await monitor.request(id), { status: "done" });
  const archives = await monitor.archives(id);
  t.match(archives, [
    { status: "done", path: first?.path, finishedAt: first?.finishedAt },
    { status: "done", attempts: 0 },
  ]);
  const files = server.orders.map(([file]) => file?.name);
  t.same(files, ["today.log", "yesterday.log", "yesterday.log"]);
  t.equal(server.listed.length, 1, "what was planned is not planned again");
  t.same(await monitor.stored(), archives.map(({ path }) => path).sort());
});

t.test("what a killed monitor left unfinished is removed, not what comes meanwhile", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, server, store, stored } = monitor;
  let send: (() => void) | undefined;
  server.misbehave.push((response, order) => {
    send = () => sendZip(response, zipOf(order, server.logs));
  });
  const id = await monitor.queue();
  app.logRequests.wake();
  await waitFor(async () => send !== undefined && (await stored()).length === 1);
  const [coming = ""] = await stored();
  const left = coming.replace(/[0-9a-f]{8}(?=\.zip\.part$)/, "01234567");
  await writeFile(join(store.root, left), "x");
  await app.listen({ host: "127.0.0.1", port: 0 });
  await waitFor(async () => !(await stored()).includes(left));
  send?.();
  await waitFor(async () => (await monitor.request(id)).finishedAt !== null);
  const once = { status: "done", attempts: 0 };
  t.match(await monitor.archives(id), [once, once]);
});
