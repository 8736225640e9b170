import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { createSlowReaders } from "../../src/monitor/plugins/slow-readers.ts";
import { startMonitor, type TestMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { listen } from "../helpers/listen.ts";
import { sessionOf } from "../helpers/page.ts";
import { waitFor } from "../helpers/wait-for.ts";

const CHUNK = Buffer.alloc(64 * 1024, 1);
const CHUNKS = 640;
const READ_AT_ONCE = 2 * 1024 ** 2;

/** A monitor that listens, and the cookie of an administrator. */
async function startListening(t: Test, options: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, options);
  const { port } = new URL(await monitor.app.listen({ host: "127.0.0.1", port: 0 }));
  return { monitor, port: Number(port), session: await sessionOf(monitor.app) };
}

/** Opens a connection that sends this and no more. */
function send(t: Test, port: number, text: string, localAddress = "127.0.0.1") {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  socket.on("error", () => {});
  socket.write(text);
  t.teardown(() => socket.destroy());
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

async function ask({ port, session }: { port: number; session: string }, path: string): Promise<number> {
  const headers = { cookie: `session=${session}`, connection: "close" };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

const countConnections = ({ app: { server } }: TestMonitor) =>
  promisify(server.getConnections.bind(server))();

const SILENT_BODY =
  "POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\n";

t.test("who sends too many headers is answered 431, and who does not end a request 408", async (t) => {
  const { monitor, port } = await startListening(t);
  const { server } = monitor.app;
  const large = `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`;
  t.match(await answerOf(send(t, port, large)), /^HTTP\/1\.1 431 /);
  t.ok(server.headersTimeout <= 15_000 && server.headersTimeout > 0);
  t.ok(server.requestTimeout <= 120_000 && server.requestTimeout > 0);
  server.headersTimeout = 100;
  server.requestTimeout = 100;
  const requests = ["", "GET / HTTP/1.1\r\nhost: x\r\n", `${SILENT_BODY}_csrf=`];
  for (const answer of await Promise.all(requests.map((text) => answerOf(send(t, port, text)))))
    t.match(answer, /^HTTP\/1\.1 408 /);
});

t.test("connections that only wait give way, by address and in all, and keep nobody out", async (t) => {
  const connectionTerms = { maxConnections: 40, maxByAddress: 15 };
  const listening = await startListening(t, { connectionTerms });
  const { monitor, port, session } = listening;
  const request = `GET /account HTTP/1.1\r\nhost: x\r\ncookie: session=${session}\r\n\r\n`;
  const known = send(t, port, request, "127.0.0.9");
  await once(known, "data");
  const silent: Socket[] = [];
  for (let place = 0; place < 150; place++) {
    const socket = send(t, port, SILENT_BODY, `127.0.0.${2 + (place % 5)}`);
    silent.push(socket);
    await once(socket, "connect");
  }
  t.equal(await ask(listening, "/account"), 200);
  await waitFor(() => silent.filter((socket) => !socket.destroyed).length <= 40);
  t.ok((await countConnections(monitor)) <= 40);
  known.write(request);
  const [again] = await once(known, "data");
  t.match(String(again), /^HTTP\/1\.1 200 /, "who has signed in keeps the connection");
});

t.test("a proxy's connections are limited only in all", async (t) => {
  const connectionTerms = { maxConnections: 30, maxByAddress: 5 };
  const { port } = await startListening(t, { connectionTerms, config: { trustProxy: ["127.0.0.2/31"] } });
  const openFrom = async (localAddress: string) => {
    const sockets = Array.from({ length: 10 }, () => send(t, port, "", localAddress));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    return sockets;
  };
  const proxied = await openFrom("127.0.0.2");
  const direct = await openFrom("127.0.0.4");
  await waitFor(() => direct.filter((socket) => !socket.destroyed).length === 5);
  t.equal(proxied.filter((socket) => socket.destroyed).length, 0);
});

/** A monitor with something large to download, for which a reader has little time. */
async function startWithDownload(t: Test, leastBytes: number) {
  let given = 0;
  const listening = await startListening(t, {
    connectionTerms: { leastBytes, withinMs: 600 },
    prepare: (app) => {
      app.get("/large", { config: { access: "public" } }, async (_request, reply) => {
        const chunks = function* () {
          for (given = 0; given < CHUNKS; given++) yield CHUNK;
        };
        return reply.type("application/octet-stream").send(Readable.from(chunks(), { objectMode: false }));
      });
    },
  });
  return { ...listening, given: () => given };
}

t.test("a download that is read next to not at all is given up", async (t) => {
  const { monitor, port, given } = await startWithDownload(t, 512 * 1024);
  const reader = send(t, port, "GET /large HTTP/1.1\r\nhost: x\r\n\r\n");
  reader.pause();
  await waitFor(() => given() > 0);
  const trickle = setInterval(() => reader.read(1), 20);
  t.teardown(() => clearInterval(trickle));
  await waitFor(async () => (await countConnections(monitor)) === 0, { timeoutMs: 10_000 });
  t.ok(given() < CHUNKS, "most of it was never made");
});

t.test("a download over a slow link goes on for as long as it needs", async (t) => {
  // So little that a busy machine, too, reads it within the time.
  const { port } = await startWithDownload(t, CHUNK.length);
  const reader = send(t, port, "GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  let bytes = 0;
  let pausedAt = 0;
  const began = performance.now();
  for await (const chunk of reader as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The system hands out the room of its buffers by megabytes: what is read evenly would seem to stand still.
    if (bytes - pausedAt < READ_AT_ONCE) continue;
    pausedAt = bytes;
    await sleep(40);
  }
  t.ok(bytes > CHUNKS * CHUNK.length, "all of it came");
  t.ok(performance.now() - began > 600, "in more than the time within which something has to move");
});

t.test("what an answer has left to its connection has to be read too", async (t) => {
  let givenUp = 0;
  const slowReaders = createSlowReaders({ leastBytes: 512 * 1024, withinMs: 600 }, () => givenUp++);
  t.teardown(() => slowReaders.stop());
  const server = createServer((request, answer) => {
    slowReaders.watch(answer);
    answer.detachSocket(request.socket); // as when it becomes a WebSocket
    for (let chunk = 0; chunk < CHUNKS; chunk++) request.socket.write(CHUNK);
  });
  const deaf = send(t, await listen(t, server), "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  deaf.pause();
  await waitFor(() => givenUp === 1, { timeoutMs: 10_000 });
  await sleep(600);
  t.equal(givenUp, 1, "once");
});
