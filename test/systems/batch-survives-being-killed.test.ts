import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { startLogServer } from "../helpers/log-server.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { waitFor } from "../helpers/wait-for.ts";

const COUNT = 20;

const read = (dataDir: string) =>
  withDatabase(dataDir, async (db) => ({
    items: await db.selectFrom("batchItem").select(["status", "code", "requestId"]).execute(),
    requests: await db.selectFrom("logRequest").select(["posServerId", "status"]).execute(),
    events: await db.selectFrom("auditEvent").select(["action", "batchId"]).orderBy("action").execute(),
  }));

t.test("the monitor killed in the midst of a batch loses none of it and does nothing twice", async (t) => {
  const servers = await Promise.all(Array.from({ length: COUNT }, () => startLogServer(t, Date.now)));
  for (const [index, server] of servers.entries()) {
    server.reported.posServerId = `6f1c1f8e-0000-4000-8000-${String(index).padStart(12, "0")}`;
    server.logs.set("sync.log", { content: Buffer.from("обмен\n"), modifiedAt: new Date().toISOString() });
  }
  const registry = await startMonitor(t);
  const { dataDir } = registry;
  for (const { address } of servers) await registry.addPosServer({ address });
  await registry.app.close();
  const asked = () => servers.filter(({ listed }) => listed.length > 0).length;
  let monitor = await startMonitorProcess(t, dataDir);
  await waitFor(async () => {
    const known = await withDatabase(dataDir, (db) =>
      db.selectFrom("posServer").select("id").where("identity", "is not", null).execute(),
    );
    return known.length === COUNT;
  });
  for (const server of servers) server.always = (response) => void response.setTimeout(0);
  await monitor.post("/batches", {
    kind: "logs",
    all: "1",
    list: "/pos-servers",
    isFilled: "1",
    from: new Date(Date.now() - 86_400_000).toISOString().slice(0, 16),
    to: new Date(Date.now() + 86_400_000).toISOString().slice(0, 16),
    maxMegabytes: "10",
  });
  await waitFor(() => asked() >= 4);
  await monitor.end("SIGKILL");
  const { items } = await read(dataDir);
  t.ok(
    items.some(({ status }) => status === "running") && items.some(({ status }) => status === "queued"),
    "it was in the midst of it",
  );
  for (const server of servers) server.always = null;
  for (const share of [COUNT / 2, COUNT]) {
    monitor = await startMonitorProcess(t, dataDir);
    await waitFor(async () => {
      const { items } = await read(dataDir);
      return items.filter(({ status }) => status === "done").length >= share;
    });
    await monitor.end("SIGKILL");
  }
  const { items: ended, requests, events } = await read(dataDir);
  t.same(
    ended.map(({ status, code }) => [status, code]),
    Array(COUNT).fill(["done", null]),
  );
  t.equal(new Set(ended.map(({ requestId }) => requestId)).size, COUNT);
  t.same(new Set(requests.map(({ posServerId }) => posServerId)).size, COUNT);
  t.equal(requests.length, COUNT, "nobody is asked twice");
  const ofBatch = events.filter(({ batchId }) => batchId === 1).map(({ action }) => action);
  t.same(ofBatch, [...Array(COUNT).fill("log_request"), ...Array(COUNT).fill("log_request_end")]);
});
