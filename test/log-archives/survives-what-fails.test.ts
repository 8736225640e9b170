import type { ServerResponse } from "node:http";
import t from "tap";
import { RESERVED_BYTES } from "../../src/monitor/log-archives/store/store.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { startLogMonitor, startWithTwoDays, TODAY } from "../helpers/log-monitor.ts";
import { type Misbehaviour, sendZip, zipOf } from "../helpers/log-server.ts";
import { signedIn } from "../helpers/page.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";
import { changeRows } from "../helpers/rows.ts";

t.test("what fails at a POS server, or on the way to it, ends no more than it has to", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { server } = monitor;
  t.beforeEach(() => {
    server.orders = [];
    server.listed = [];
    server.reported = {};
    server.always = null;
  });

  await t.test("a stream that breaks off is asked for again, and its half is removed", async (t) => {
    server.misbehave.push((response) => {
      response.setHeader("content-type", "application/zip").write(Buffer.alloc(100_000, 1));
      setImmediate(() => response.destroy());
    });
    const id = await monitor.fetch();
    t.match(await monitor.request(id), { status: "done", failureCode: null });
    const archives = await monitor.archives(id);
    const again = { status: "done", attempts: 1, failureCode: null };
    t.match(archives, [again, { status: "done", attempts: 0 }]);
    t.same(await monitor.stored(), archives.map(({ path }) => path).sort());
  });

  await t.test("a busy POS server is waited for without failing, but not without end", async (t) => {
    const busy: Misbehaviour = (response) =>
      response
        .writeHead(503, { "retry-after": "0", "content-type": "application/json" })
        .end('{"error":"busy","message":"two streams"}');
    server.misbehave.push(busy, busy, busy, busy);
    const id = await monitor.fetch();
    t.match(await monitor.request(id), { status: "done" });
    t.match((await monitor.archives(id))[0], { status: "done", attempts: 0 });
    t.equal(server.orders.length, 6);

    const patient = await startWithTwoDays(t, { timing: { busyPatienceMs: 2_000 } });
    patient.server.always = (response) => response.writeHead(503, { "retry-after": "0" }).end();
    const endless = await patient.fetch();
    t.match(await patient.request(endless), { status: "failed", failureCode: "archives_failed" });
    t.match(await patient.archives(endless), [{ failureCode: "busy" }, { failureCode: "busy" }]);
  });

  await t.test("a token that is no longer right ends the request at once", async (t) => {
    server.always = (response) => response.writeHead(401).end();
    const id = await monitor.fetch();
    t.match(await monitor.request(id), { status: "failed", failureCode: "unauthorized" });
    t.equal(server.orders.length, 1);
    t.match(await monitor.archives(id), [{ status: "failed", failureCode: "unauthorized" }, { attempts: 0 }]);
  });

  await t.test("another POS server at the address gets no order", async (t) => {
    for (const [reported, code] of [
      [{ crmId: "999999" }, "wrong_crm_id"],
      [{ posServerId: "11111111-2222-4333-8444-555555555555" }, "wrong_pos_server"],
    ] as const) {
      server.reported = reported;
      const id = await monitor.fetch();
      t.match(await monitor.request(id), { status: "failed", failureCode: code, plannedFiles: null });
      t.same(server.listed, []);
      const detail = [
        { key: "archives", values: { archives: 0, files: 0 } },
        { key: "logFailure", values: { code, detail: String } },
      ];
      const event = (await recordedEvents(monitor.db)).at(-1);
      t.match(event, { action: "log_request_end", result: "failed", userLogin: "admin", detail });
    }
  });

  await t.test("a file that has grown too much meanwhile gives its end", async (t) => {
    const content = Buffer.alloc(2 * 1024 * 1024, "обмен\n");
    server.misbehave.push((response, order) => {
      server.logs.set("today.log", { content, modifiedAt: TODAY });
      sendZip(response, zipOf(order, server.logs));
    });
    const id = await monitor.fetch();
    t.match(await monitor.request(id), { status: "done" });
    const orders = server.orders.filter(([file]) => file?.name === "today.log");
    t.same(orders, [[{ name: "today.log" }], [{ name: "today.log", tailBytes: 15_000 }]]);
  });

  await t.test("silence is named, and last a token that was sealed with another key", async (t) => {
    const posServerId = await monitor.addPosServer({ address: `http://127.0.0.1:${NOBODYS_PORT}` });
    const unanswered = await monitor.request(await monitor.fetch({ posServerId }));
    t.match(unanswered, { status: "failed", failureCode: "connect_refused" });
    await changeRows(monitor.db, "posServer", { sealedToken: Buffer.alloc(60, 1) });
    const failure = { failureCode: "unauthorized", failureDetail: /cannot be read with the key/ };
    t.match(await monitor.request(await monitor.fetch()), { status: "failed", ...failure });
    t.equal(server.orders.length, 0);
  });
});

t.test("a store with too little room gets nothing, and what is there stays offered", async (t) => {
  let freeBytes = RESERVED_BYTES + 16_000;
  const monitor = await startWithTwoDays(t, { store: { freeBytes: async () => freeBytes } });
  monitor.server.misbehave.push((response, order) => {
    freeBytes = RESERVED_BYTES + 9_999;
    sendZip(response, zipOf(order, monitor.server.logs));
  });
  const id = await monitor.fetch();
  t.match(await monitor.request(id), { status: "failed", failureCode: "disk_full", receivedFiles: 1 });
  const archives = await monitor.archives(id);
  t.match(archives, [{ status: "done" }, { status: "failed", failureCode: "disk_full" }]);
  t.same(await monitor.stored(), [archives[0]?.path]);
});

/** Sends an archive that never ends, a few bytes at a time. */
function trickle(response: ServerResponse): void {
  response.setHeader("content-type", "application/zip");
  const timer = setInterval(() => response.write("PK"), 10);
  response.on("close", () => clearInterval(timer));
}

t.test("a stream that brings next to nothing is tried again, then given up by name", async (t) => {
  const monitor = await startLogMonitor(t, { timing: { paceTickMs: 2 } });
  monitor.put("slow.log", Buffer.alloc(1_000_000, "обмен\n"));
  monitor.server.always = trickle;
  const id = await monitor.fetch();
  t.match(await monitor.archives(id), [{ status: "failed", failureCode: "too_slow", attempts: 3 }]);
  t.equal(monitor.server.orders.length, 3);
  t.same(await monitor.stored(), []);
  const user = await signedIn(monitor, { organizations: "all" });
  const page = await user.text(`/log-requests/${id}`);
  t.match(page, /слишком медленно \(проверьте связь с рестораном/);
});
