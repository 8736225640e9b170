import { getEventListeners, once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t, { type Test } from "tap";
import type { WebSocket } from "ws";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import { CLOSE_CODES } from "../../src/protocol/dial-out.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { posServerAt } from "../helpers/pos-server.ts";
import { answerRaw, dialInRaw } from "../helpers/raw-agent.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** Together they are more than the buffers of the system take, a thousand of them and more. */
const CALLS_THAT_FIT_NOWHERE = 2_000;
const LONG_PATH = 16_000;

/** A monitor to which agents dial in. */
async function start(t: Test, options: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, options);
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  const isThere = (id: number) => monitor.app.posClient.agents.find(id) !== null;
  let added = 0;

  async function dialIn() {
    const identity = `5b0e9a0e-6c0b-4b3f-9a55-${String(++added).padStart(12, "0")}`;
    const id = await monitor.addPosServer({ identity, connection: "dial_out", address: null });
    const socket = await dialInRaw(t, url, { identity });
    await waitFor(() => isThere(id));
    const posServer: PosServer = {
      ...posServerAt("", { id, posServerId: identity }),
      connection: "dial_out",
      address: null,
    };
    return { id, posServer, socket, code: closeCodeOf(socket) };
  }
  return { ...monitor, isThere, dialIn };
}

/** With which code the monitor has closed a connection; null as long as it has not. */
function closeCodeOf(socket: WebSocket): () => number | null {
  let code: number | null = null;
  socket.once("close", (told) => {
    code = told;
  });
  return () => code;
}

t.test("an agent that says nothing for too long, or reads nothing, is sent away, and no other", async (t) => {
  const { app, clock, isThere, dialIn } = await start(t);
  const [silent, alive, deaf] = [await dialIn(), await dialIn(), await dialIn()];
  const ending = new AbortController();
  t.teardown(() => ending.abort());
  for (let calls = 0; calls < CALLS_THAT_FIT_NOWHERE; calls++) {
    const call = { path: `/v1/logs?${"x".repeat(LONG_PATH)}`, accept: "application/json" };
    const options = { stallTimeoutMs: MINUTE_MS, signal: ending.signal };
    app.posClient.agents.open(deaf.posServer, call, options).catch(() => undefined);
  }
  for (const { socket } of [silent, alive]) socket.resume();
  clock.advance(1.2 * MINUTE_MS);
  for (const { socket } of [alive, deaf]) socket.ping();
  await once(alive.socket, "pong");
  clock.advance(0.1 * MINUTE_MS);
  await waitFor(() => silent.code() === CLOSE_CODES.stalled);
  t.equal(isThere(silent.id), false);
  t.equal(isThere(deaf.id), false, "it is cut off, though it says that it is there");
  t.equal(isThere(alive.id), true);
});

t.test("an agent whose POS server is removed is sent away, unasked", async (t) => {
  const { app, isThere, dialIn } = await start(t);
  const [removed, other] = [await dialIn(), await dialIn()];
  for (const { socket } of [removed, other]) socket.resume();
  await app.poller.tick();
  await app.poller.idle();
  await app.database.db.deleteFrom("posServer").where("id", "=", removed.id).execute();
  await app.poller.tick();
  await waitFor(() => removed.code() === CLOSE_CODES.changed);
  t.equal(isThere(other.id), true);
});

t.test("a call to an agent that ends its session fails at once, and leaves nothing behind", async (t) => {
  const { app, dialIn } = await start(t);
  const { posServer, socket } = await dialIn();
  const begun = Promise.withResolvers<void>();
  const session = await answerRaw(socket, () => begun.resolve()); // it never answers
  const { signal } = new AbortController();
  const call = { path: "/v1/logs", accept: "application/json" };
  const open = () => app.posClient.agents.open(posServer, call, { stallTimeoutMs: MINUTE_MS, signal });
  open().catch(() => undefined);
  await begun.promise;
  session.goaway();
  await new Promise((resolve) => session.ping(resolve)); // the monitor has read it
  await t.rejects(open(), { message: /the agent ends its session/ });
  t.equal(getEventListeners(signal, "abort").length, 1, "that of the call which still waits");
});

t.test("an agent may send a lot over a line with a long delay", async (t) => {
  const { dialIn } = await start(t);
  const { socket } = await dialIn();
  const session = await answerRaw(socket, (_request, response) => response.end());
  await waitFor(() => (session.state.remoteWindowSize ?? 0) >= 1024 * 1024);
  t.equal(session.remoteSettings.initialWindowSize, 256 * 1024);
});

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

t.test("the request with which an agent came is not kept for as long as it stays", async (t) => {
  const held: WeakRef<object>[] = [];
  const { dialIn, isThere } = await start(t, {
    prepare: (app) => {
      app.addHook("onRequest", (request, reply, done) => {
        for (const part of [request, request.raw, reply, reply.raw]) held.push(new WeakRef(part));
        done();
      });
    },
  });
  const { id, socket } = await dialIn();
  await waitFor(() => {
    collectGarbage();
    return held.length > 0 && held.every((part) => part.deref() === undefined);
  });

  t.ok(isThere(id));
  socket.resume();
  socket.ping();
  await once(socket, "pong");
});
