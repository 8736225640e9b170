import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import { closeInTime } from "../../src/monitor/close.ts";
import { failureOf } from "../../src/monitor/pos-client/calls/failure.ts";
import { CONNECT_PATH } from "../../src/protocol/dial-out.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listenRaw } from "../helpers/misbehaving-server.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { received } from "../helpers/outcomes.ts";
import { registerPlain } from "../helpers/register.ts";
import { queueRequest } from "../helpers/requests.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("it starts, answers, records its run and stops on SIGTERM", async (t) => {
  const dataDir = makeFolder(t);
  const monitor = await startMonitorProcess(t, dataDir);
  t.equal(await (await fetch(`${monitor.url}/healthz`)).text(), "ok\n");
  t.equal(await (await fetch(`${monitor.url}/readyz`)).text(), "ready\n");
  t.match(await monitor.page("/"), "Состояние POS-ов");
  t.equal(await monitor.end(), 0);
  const [run] = await withDatabase(dataDir, (db) => db.selectFrom("monitorRun").selectAll().execute());
  t.ok(run && run.seenAt > run.startedAt, "until when it ran is saved");
  t.notMatch(monitor.output(), '"level":50');
});

t.test("SIGINT stops it too, and a second signal changes nothing", async (t) => {
  const monitor = await startMonitorProcess(t, makeFolder(t));
  monitor.child.kill("SIGINT");
  t.equal(await monitor.end("SIGINT"), 0);
});

t.test("it stops in time while a poll hangs and browsers keep connections open", async (t) => {
  const dataDir = makeFolder(t);
  const hanging = await listenRaw(t, () => undefined);
  await registerPlain(t, dataDir, hanging.address);
  const monitor = await startMonitorProcess(t, dataDir, { AGENT_PORT: "0" });
  await waitFor(() => hanging.received.some((request) => request.includes("/v1/status")));

  const keptOpen = new Agent({ keepAlive: true });
  t.teardown(() => keptOpen.destroy());
  const [answer] = await once(get(`${monitor.url}/healthz`, { agent: keptOpen }), "response");
  answer.resume();
  await once(answer, "end");
  const { port } = new URL(monitor.url);
  const silent = connect(Number(port), "127.0.0.1");
  const halfway = connect(Number(port), "127.0.0.1");
  const halfwayAgent = connect(monitor.agentPort, "127.0.0.1");
  for (const socket of [silent, halfway, halfwayAgent]) {
    t.teardown(() => socket.destroy());
    socket.on("error", () => undefined); // the monitor goes away
    await once(socket, "connect");
  }
  for (const socket of [halfway, halfwayAgent]) socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n");
  await fetch(`${monitor.url}/healthz`);

  t.equal(await monitor.end(), 0, "not by the end of its patience, which would be 1");
  t.notMatch(monitor.output(), '"level":50');
});

t.test("while something hangs, what comes is let go, and the database is closed", async (t) => {
  const { promise: answer, resolve: release } = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const client = createScriptedClient(() => received(Date.now()), {
    async listLogs() {
      asked.resolve();
      await answer; // deaf to its signal
      return { ok: false, failure: failureOf("not_connected", ""), receivedAt: 0 };
    },
  });
  const { app, db, clock, addPosServer } = await startMonitor(t, { client });
  t.teardown(() => release());
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  await queueRequest(db, await addPosServer(), clock());
  await app.logRequests.tick();
  await asked.promise;
  const closing = closeInTime(app, 1_000);
  const agent = connect(port, "127.0.0.1");
  agent.write(
    `GET ${CONNECT_PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`,
  );
  t.match(await text(agent), /^HTTP\/1\.1 503 /);
  t.equal(await closing, false);
  t.notOk(app.database.sqlite.open);
});

t.test("/readyz says whether the database can be read, and not why", async (t) => {
  const monitor = await startMonitor(t);
  t.match(await monitor.app.inject("/readyz"), { statusCode: 200, body: "ready\n" });
  await monitor.app.database.db.schema.dropTable("registryRevision").execute();
  t.match(await monitor.app.inject("/readyz"), { statusCode: 503, body: "the database cannot be read\n" });
  t.match(await monitor.app.inject("/healthz"), { statusCode: 200 });
});
