import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listenRaw } from "../helpers/misbehaving-server.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { registerPlain } from "../helpers/register.ts";
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

t.test("/readyz says whether the database can be read, and not why", async (t) => {
  const monitor = await startMonitor(t);
  t.match(await monitor.app.inject("/readyz"), { statusCode: 200, body: "ready\n" });
  await monitor.app.database.db.schema.dropTable("registryRevision").execute();
  t.match(await monitor.app.inject("/readyz"), { statusCode: 503, body: "the database cannot be read\n" });
  t.match(await monitor.app.inject("/healthz"), { statusCode: 200 });
});
