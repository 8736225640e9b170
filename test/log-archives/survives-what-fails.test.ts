import type { ServerResponse } from "node:http";
import t from "tap";
import { RESERVED_BYTES } from "../../src/monitor/log-archives/store/store.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { startLogMonitor, startWithTwoDays, TODAY } from "../helpers/log-monitor.ts";
import { type Misbehaviour, sendZip, zipOf } from "../helpers/log-server.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";
import { changeRows } from "../helpers/rows.ts";

t.test("a stream that breaks off is asked for again, and what is half there is removed", async (t) => {
  const monitor = await startWithTwoDays(t);
  monitor.server.misbehave.push((response) => {
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

t.test("a file that has grown too much meanwhile gives its end", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { server } = monitor;
  const content = Buffer.alloc(5 * 1024 * 1024, "обмен\n");
  server.misbehave.push((response, order) => {
    server.logs.set("today.log", { content, modifiedAt: TODAY });
    sendZip(response, zipOf(order, server.logs));
  });
  const id = await monitor.fetch();
  t.match(await monitor.request(id), { status: "done" });
  const orders = server.orders.filter(([file]) => file?.name === "today.log");
  t.same(orders, [[{ name: "today.log" }], [{ name: "today.log", tailBytes: 15_000 }]]);
});

t.test("a busy POS server is waited for, which is no failed attempt, but not without end", async (t) => {
  const monitor = await startWithTwoDays(t);
  const busy: Misbehaviour = (response) =>
    response
      .writeHead(503, { "retry-after": "0", "content-type": "application/json" })
      .end('{"error":"busy","message":"two streams"}');
  monitor.server.misbehave.push(busy, busy, busy, busy);
  const id = await monitor.fetch();
  t.match(await monitor.request(id), { status: "done" });
  t.match((await monitor.archives(id))[0], { status: "done", attempts: 0 });
  t.equal(monitor.server.orders.length, 6);

  const patient = await startWithTwoDays(t, { timing: { busyPatienceMs: 2_000 } });
  patient.server.always = (response) => response.writeHead(503, { "retry-after": "0" }).end();
  const endless = await patient.fetch();
  t.match(await patient.request(endless), { status: "failed", failureCode: "archives_failed" });
  t.match(await patient.archives(endless), [{ failureCode: "busy" }, { failureCode: "busy" }]);
});

t.test("another POS server at the address gets no order", async (t) => {
  for (const [reported, code] of [
    [{ crmId: "999999" }, "wrong_crm_id"],
    [{ posServerId: "11111111-2222-4333-8444-555555555555" }, "wrong_pos_server"],
  ] as const) {
    const monitor = await startWithTwoDays(t);
    monitor.server.reported = reported;
    const id = await monitor.fetch();
    t.match(await monitor.request(id), { status: "failed", failureCode: code, plannedFiles: null });
    t.same(monitor.server.listed, []);
    t.match(await recordedEvents(monitor.db), [
      {
        action: "log_request_end",
        result: "failed",
        userLogin: "admin",
        detail: [
          { key: "archives", values: { archives: 0, files: 0 } },
          { key: "logFailure", values: { code, detail: String } },
        ],
      },
    ]);
  }
});

t.test("a token that is no longer right ends the request at once", async (t) => {
  const monitor = await startWithTwoDays(t);
  monitor.server.always = (response) => response.writeHead(401).end();
  const id = await monitor.fetch();
  t.match(await monitor.request(id), { status: "failed", failureCode: "unauthorized" });
  t.equal(monitor.server.orders.length, 1);
  t.match(await monitor.archives(id), [{ status: "failed", failureCode: "unauthorized" }, { attempts: 0 }]);
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

t.test("one that does not answer is named, as is a token that was sealed with another key", async (t) => {
  const monitor = await startWithTwoDays(t);
  const posServerId = await monitor.addPosServer({ address: `http://127.0.0.1:${NOBODYS_PORT}` });
  const unanswered = await monitor.request(await monitor.fetch({ posServerId }));
  t.match(unanswered, { status: "failed", failureCode: "connect_refused" });
  await changeRows(monitor.db, "posServer", { sealedToken: Buffer.alloc(60, 1) });
  const id = await monitor.fetch();
  t.match(await monitor.request(id), {
    status: "failed",
    failureCode: "unauthorized",
    failureDetail: /cannot be read with the key/,
  });
  t.equal(monitor.server.orders.length, 0);
});

const DROP_EVERY_MS = 20;
const SLOW_LOG = Buffer.alloc(1_000_000, "обмен\n");

/** Sends an archive that never ends, a few bytes at a time. */
function trickle(response: ServerResponse): void {
  response.setHeader("content-type", "application/zip");
  const timer = setInterval(() => response.write("PK"), DROP_EVERY_MS);
  response.on("close", () => clearInterval(timer));
}

t.test("a stream that brings next to nothing is tried again, then given up by name", async (t) => {
  const monitor = await startLogMonitor(t, { timing: { paceTickMs: 10 } });
  monitor.put("slow.log", SLOW_LOG);
  monitor.server.always = trickle;
  const id = await monitor.fetch();
  t.match(await monitor.archives(id), [{ status: "failed", failureCode: "too_slow", attempts: 3 }]);
  t.equal(monitor.server.orders.length, 3);
  t.same(await monitor.stored(), []);
  const user = await signedIn(monitor, { organizations: "all" });
  const { body } = await user.get(`/log-requests/${id}`);
  t.match(textOf(body), /слишком медленно \(проверьте связь с рестораном/);
});
