import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import t, { type Test } from "tap";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import { readPosServerToCall } from "../../src/monitor/restaurants/pos-server-to-call.ts";
import { commandClient, failureOfStream } from "../helpers/commands.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readZip } from "../helpers/zip-contents.ts";

const LINE = "[2026-11-24 13:42:10,000] INFO [4] — обмен завершён успешно\n";
const never = new AbortController().signal;

/** A monitor and an agent that dials out to it. */
async function start(t: Test) {
  const client = commandClient(t);
  const monitor = await startLiveMonitor(t, { client });
  const { app } = monitor;
  const agent = await makeDiallingAgent(t, monitor, { monitor: monitor.url });
  await writeFile(join(agent.folder.logs, "sync.log"), LINE);
  const status = () => app.database.db.selectFrom("posStatus").selectAll().executeTakeFirstOrThrow();
  const posServer = async (): Promise<PosServer> => {
    const called = await readPosServerToCall(app.database.db, app.secretBox, agent.id);
    if (!called.ok) throw new Error(called.failure.detail);
    return called.posServer;
  };
  const isConnected = () => client.agents.find(agent.id) !== null;
  return { app, monitor, client, agent, status, posServer, isConnected };
}

t.test("an agent that dials out is polled, fetched from and told without an open port", async (t) => {
  const { app, client, agent, status, posServer, isConnected } = await start(t);
  const absent = { code: "not_connected", detail: "the agent is not connected" };
  t.match(await app.pollNow(agent.id), { ok: false, failure: absent });
  t.match(await status(), { state: "pending", failedPolls: 0 }, "it may only just have begun");

  const running = await agent.start();
  t.equal(running.listening, null);
  await waitFor(isConnected);
  t.match(client.agents.find(agent.id), { address: "127.0.0.1" });
  t.equal(client.agents.absentMs(agent.id), 0);
  t.match(await app.pollNow(agent.id), { ok: true, report: { version: "34.2.117.0" } });
  t.match(await status(), { failedPolls: 0, version: "34.2.117.0" });

  const called = await posServer();
  const [polls, listed, opened] = await Promise.all([
    Promise.all([1, 2, 3].map(() => client.fetchStatus(called))),
    client.listLogs(called, { from: "2020-01-01T00:00:00.000Z", to: new Date().toISOString() }, never),
    client.openLogArchive(called, [{ name: "sync.log" }], never),
  ]);
  t.ok(polls.every(({ ok }) => ok));
  t.match(listed, { ok: true, value: [{ name: "sync.log" }] });
  if (!opened.ok) throw new Error(opened.failure.detail);
  t.same((await readZip(await buffer(opened.value)))["sync.log"], LINE);

  const order = { posServerId: called.posServerId ?? "", startService: false };
  const key = randomUUID();
  t.match(await client.beginDatabaseReset(called, key, order), { ok: true });
  t.match(await client.readDatabaseReset(called, key), { ok: true, value: { step: /./ } });
  const other = { ...order, posServerId: randomUUID() };
  const refused = await client.beginDatabaseReset(called, randomUUID(), other);
  t.match(refused, { ok: false, failure: { code: "http_status", status: 409 } });
});

t.test("an agent that goes ends its calls, and comes back by itself", async (t) => {
  const { app, client, agent, posServer, isConnected } = await start(t);
  const sockets: Socket[] = [];
  app.server.on("connection", (socket) => sockets.push(socket));
  const big = "x".repeat(8 * 1024 * 1024);
  await writeFile(join(agent.folder.logs, "big.log"), big);
  await agent.start();
  await waitFor(isConnected);
  const called = await posServer();
  t.match(await app.pollNow(agent.id), { ok: true });

  const opened = await client.openLogArchive(called, [{ name: "big.log" }], never);
  if (!opened.ok) throw new Error(opened.failure.detail);
  const failing = failureOfStream(opened.value);
  for (const socket of sockets) socket.destroy();
  t.match(await failing, { code: "not_connected", isAnswerLost: true });
  t.match(await client.fetchStatus(called), { ok: false, failure: { code: "not_connected" } });
  await waitFor(isConnected);
  t.match(await client.fetchStatus(called), { ok: true }, "it has dialled in anew");
  t.equal(client.agents.refusedOf(agent.id), null, "and is no second machine");
});

t.test("a call that is given up ends alone: others go on over the same connection", async (t) => {
  const { client, agent, posServer, isConnected } = await start(t);
  await writeFile(join(agent.folder.logs, "big.log"), "x".repeat(8 * 1024 * 1024));
  await agent.start();
  await waitFor(isConnected);
  const called = await posServer();
  const connectedAt = client.agents.find(agent.id)?.connectedAt;

  const giveUp = new AbortController();
  const [first, second] = await Promise.all([
    client.openLogArchive(called, [{ name: "big.log" }], giveUp.signal),
    client.openLogArchive(called, [{ name: "sync.log" }], never),
  ]);
  if (!first.ok || !second.ok) throw new Error("an archive was not opened");
  giveUp.abort(new Error("nobody wants it"));
  await t.rejects(buffer(first.value), { message: "nobody wants it" });
  t.same((await readZip(await buffer(second.value)))["sync.log"], LINE);

  const unread = await client.openLogArchive(called, [{ name: "big.log" }], never);
  if (!unread.ok) throw new Error(unread.failure.detail);
  t.match(await client.fetchStatus(called), { ok: true }, "what nobody reads holds up nothing");
  unread.value.destroy();
  // Two at once is what an agent gives: both have ended there.
  await waitFor(async () => (await client.openLogArchive(called, [{ name: "sync.log" }], never)).ok);
  t.match(await client.fetchStatus(called), { ok: true });
  t.equal(client.agents.find(agent.id)?.connectedAt, connectedAt, "all over one connection");
});

t.test("the newest connection of a machine wins", async (t) => {
  const { client, agent, posServer, isConnected } = await start(t);
  const older = await agent.start();
  await waitFor(isConnected);
  const first = client.agents.find(agent.id);
  const newer = await agent.start();
  await waitFor(() => isConnected() && client.agents.find(agent.id)?.connectedAt !== first?.connectedAt);
  t.match(await client.fetchStatus(await posServer()), { ok: true });
  await older.close();
  t.match(await client.fetchStatus(await posServer()), { ok: true }, "the end of the older one is nothing");
  await newer.close();
  await waitFor(() => !isConnected());
});
