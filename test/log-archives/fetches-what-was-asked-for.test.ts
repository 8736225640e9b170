import { createHash, randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import t from "tap";
import { readLeftOut } from "../../src/monitor/log-archives/outcome/stored-files.ts";
import { startLogMonitor } from "../helpers/log-monitor.ts";
import { sendZip, zipOf } from "../helpers/log-server.ts";
import { readZip } from "../helpers/zip-contents.ts";

t.test("fetches the logs of a period as zips by day, newest first", async (t) => {
  const monitor = await startLogMonitor(t);
  monitor.put("sync.log", "сегодня\n");
  monitor.put("old/обмен.log", "вчера\n", "2026-11-23T09:00:00.000Z");
  const id = await monitor.fetch();

  const request = await monitor.request(id);
  t.match(request, {
    status: "done",
    plannedFiles: 2,
    receivedFiles: 2,
    receivedBytes: request.plannedBytes,
    leftOut: "[]",
    failureCode: null,
    finishedAt: monitor.clock(),
  });
  const archives = await monitor.archives(id);
  t.match(archives, [
    { day: "2026-11-24", number: 1, status: "done", logFiles: 1, logBytes: 15, attempts: 0 },
    { day: "2026-11-23", number: 1, status: "done", logFiles: 1, logBytes: 11 },
  ]);
  const contents = [{ "sync.log": "сегодня\n" }, { "old/обмен.log": "вчера\n" }];
  for (const [index, archive] of archives.entries()) {
    const zip = await monitor.read(archive.path);
    t.same(await readZip(zip), contents[index]);
    t.equal(zip.length, archive.zipBytes);
    t.equal(createHash("sha256").update(zip).digest("hex"), archive.sha256);
    const folder = `ООО «Вкусный дом»/Тверская, 12/${archive.day}`;
    t.ok(archive.path?.startsWith(`${folder}/pos-100237-tverskaya-12-${archive.day}_`), archive.path ?? "");
  }
  t.same(await monitor.stored(), archives.map(({ path }) => path).sort(), "nothing else is in the store");
});

t.test("asks for the period by the POS server's clock, and counts days by it", async (t) => {
  const monitor = await startLogMonitor(t);
  const { server, clock } = monitor;
  const aheadMs = 3_600_000;
  server.reported = { time: new Date(clock() + aheadMs).toISOString(), utcOffsetMinutes: 600 };
  monitor.put("sync.log", "утро\n", "2026-11-23T20:00:00.000Z");
  const id = await monitor.fetch();
  const { fromAt, toAt } = await monitor.request(id);
  const [period] = server.listed;
  t.equal(Date.parse(period?.get("from") ?? ""), fromAt + aheadMs);
  t.equal(Date.parse(period?.get("to") ?? ""), toAt + aheadMs);
  t.match(await monitor.archives(id), [{ day: "2026-11-24" }]);
  server.reported = { time: new Date(clock() - 800).toISOString() };
  const later = await monitor.request(await monitor.fetch());
  const from = Date.parse(server.listed[1]?.get("from") ?? "");
  t.equal(from, later.fromAt, "the way of a report is no difference of clocks");
});

t.test("names what does not fit or could not be read; nothing at all is done at once", async (t) => {
  const monitor = await startLogMonitor(t);
  const { server } = monitor;
  const nothing = await monitor.fetch();
  t.match(await monitor.request(nothing), { status: "done", plannedFiles: 0, plannedBytes: 0 });
  t.same(await monitor.archives(nothing), []);

  monitor.put("new.log", "x".repeat(3_000));
  monitor.put("old.log", "y".repeat(10), "2026-11-24T08:00:00.000Z");
  const id = await monitor.fetch({ maxBytes: 1_000 });
  const request = await monitor.request(id);
  t.match(request, { status: "done", plannedBytes: 1_000, leftOutFiles: 2, leftOutBytes: 2_010 });
  t.same(readLeftOut(request.leftOut), [
    { name: "new.log", bytes: 2_000, reason: "cut" },
    { name: "old.log", bytes: 10, reason: "does_not_fit" },
  ]);
  const [archive] = await monitor.archives(id);
  t.same(await readZip(await monitor.read(archive?.path)), { "new.log": "x".repeat(1_000) });

  server.misbehave.push((response, order) => {
    server.logs.delete("old.log");
    monitor.put("new.log", "x".repeat(2_994));
    sendZip(response, zipOf(order, server.logs));
  });
  monitor.put("whole.log", "whole", "2026-11-24T07:00:00.000Z");
  const unread = await monitor.request(await monitor.fetch());
  t.match(unread, { status: "done", leftOutFiles: 2, leftOutBytes: 16 });
  t.same(readLeftOut(unread.leftOut), [
    { name: "old.log", bytes: 10, reason: "unreadable" },
    { name: "new.log", bytes: 6, reason: "incomplete" },
  ]);
});

t.test("shows progress that never goes back and never passes what is planned", async (t) => {
  const monitor = await startLogMonitor(t);
  for (const day of [24, 23, 22, 21, 20])
    monitor.put(`${day}.log`, randomBytes(600_000).toString("base64"), `2026-11-${day}T09:00:00.000Z`);
  const id = await monitor.queue();
  let isOver = false;
  const working = monitor.work().then(() => {
    isOver = true;
  });
  const seen: number[] = [];
  while (!isOver) {
    seen.push((await monitor.request(id)).receivedBytes);
    await setImmediate();
  }
  await working;
  const { plannedBytes, receivedBytes } = await monitor.request(id);
  t.match([plannedBytes, receivedBytes], [4_000_000, 4_000_000]);
  const sorted = seen.toSorted((one, other) => one - other);
  t.same(sorted, seen, "monotonous");
  t.ok(new Set(seen).size > 6, `steps: ${new Set(seen).size}`);
  t.ok(Math.max(...seen) <= 4_000_000);
});

t.test("works on one request of a POS server at a time, oldest first", async (t) => {
  const monitor = await startLogMonitor(t);
  const gate = Promise.withResolvers<void>();
  monitor.put("a.log", "a");
  monitor.server.misbehave.push((response, order) => {
    void gate.promise.then(() => sendZip(response, zipOf(order, monitor.server.logs)));
  });
  const [first, second] = [await monitor.queue(), await monitor.queue()];
  await monitor.runner.tick();
  await monitor.runner.tick();
  t.match(await monitor.request(first), { status: "running" });
  t.match(await monitor.request(second), { status: "queued" });
  gate.resolve();
  await monitor.work();
  t.match(await monitor.request(first), { status: "done" });
  t.match(await monitor.request(second), { status: "done" });
});
