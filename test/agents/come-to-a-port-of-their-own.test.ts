import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { WebSocket } from "ws";
import type { Config } from "../../src/monitor/config.ts";
import { listen } from "../../src/monitor/listen.ts";
import { ENROLMENT_PATH } from "../../src/protocol/enrolment.ts";
import { startMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { enrolmentOrder } from "../helpers/enrolments.ts";
import { makeFolder } from "../helpers/folder.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";
import { dial } from "../helpers/raw-agent.ts";
import { waitFor } from "../helpers/wait-for.ts";

const HERE = { host: "127.0.0.1", port: 0 };

/** A monitor with a port for agents, where its first POS server may dial in. */
async function start(t: Test, { config, ...options }: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, { ...options, config: { agentListener: HERE, ...config } });
  const pages = await listen(monitor.app);
  const address = monitor.app.agentServer?.address();
  if (!address || typeof address === "string") throw new Error("nothing listens for agents");
  const agents = `${new URL(pages).protocol}//127.0.0.1:${address.port}`;
  const id = await monitor.addPosServer({ identity: POS_SERVER_ID, connection: "dial_out", address: null });
  const isConnected = () => monitor.app.posClient.agents.find(id) !== null;
  return { ...monitor, pages, agents, port: address.port, id, isConnected };
}

/** What a server answers to these bytes until it hangs up. */
async function answerTo(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(request);
  return await text(socket);
}

async function tlsFiles(t: Test): Promise<Config["tls"]> {
  const { cert, key } = await makeCertificate();
  const folder = makeFolder(t);
  const [certificateFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(certificateFile, cert);
  writeFileSync(keyFile, key);
  return { certificateFile, keyFile };
}

t.test("agents dial in at it and at the port of the pages, and ask there to be let in", async (t) => {
  const monitor = await start(t);
  for (const url of [monitor.agents, monitor.pages]) {
    const { socket } = await dial(t, url);
    await waitFor(monitor.isConnected);
    socket.close();
    await waitFor(() => !monitor.isConnected());
  }

  const ask = async (body: string) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${monitor.agents}${ENROLMENT_PATH}`, { method: "POST", headers, body });
    t.equal(answer.headers.get("set-cookie"), null);
    return { status: answer.status, ...((await answer.json()) as { error: string }) };
  };
  const order = JSON.stringify(enrolmentOrder("a-secret-that-nobody-has-made"));
  t.match(await ask(order), { status: 404, error: "unknown_code" });
  t.match(await ask("{"), { status: 400, error: "bad_request" }, "no page says what is wrong");
  t.match(await ask(`"${"x".repeat(20_000)}"`), { status: 413, error: "payload_too_large" });
});

t.test("everything else is not there: no page, no cookie, no WebSocket, whatever is asked", async (t) => {
  const monitor = await start(t);
  for (const path of ["/healthz", "/pos-servers", "/"])
    t.equal((await dial(t, monitor.agents, { path })).status, 404, path);
  const holding = connect({ host: "127.0.0.1", port: monitor.port, allowHalfOpen: true });
  t.teardown(() => holding.destroy());
  holding.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
  t.match(await text(holding), /^HTTP\/1\.1 404 /);
  const count = promisify<number>((done) => monitor.app.agentServer?.getConnections(done));
  await waitFor(async () => (await count()) === 0);
  t.pass("nobody is waited for who does not hang up");

  const pages = ["/", "/login", "/pos-servers", "/setup", "/readyz", "http://127.0.0.1/pos-servers", "*"];
  const likeAgents = ["/agent", "/agents/x", "/agent/%ff", "//agent/connect", "/login?x=/agent/connect"];
  for (const path of [...pages, ...likeAgents]) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
      const answer = await answerTo(monitor.port, `${method} ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      t.match(answer, /^HTTP\/1\.1 404 Not Found\r\n/, `${method} ${path}`);
      t.notMatch(answer, /set-cookie|location:|<html/i, `${method} ${path}`);
      t.match(answer, method === "HEAD" ? /\r\n\r\n$/ : /\r\n\r\n\{"error":"not_found","message":".+"\}$/);
    }
  }
  for (const path of ["/agent/", "/agent/nothing", "/agent/../pos-servers", "/agent/connect/"]) {
    for (const url of [monitor.agents, monitor.pages]) {
      const answer = await fetch(`${url}${path.replace("..", "%2e%2e%2f")}`, { redirect: "manual" });
      t.equal(answer.status, 404, path);
      t.equal(answer.headers.get("set-cookie"), null);
      t.same(await answer.json(), { error: "not_found", message: "Not Found" });
    }
  }
  t.match(await answerTo(monitor.port, "POST /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), /^HTTP\/1\.1 404 /);
  t.equal((await fetch(`${monitor.pages}/readyz`)).status, 200, "the pages are at theirs");
  const health = await fetch(`${monitor.agents}/healthz`);
  t.equal(await health.text(), "ok\n", "but for what a load balancer asks");
  t.equal(health.headers.get("set-cookie"), null);
  t.equal((await fetch(`${monitor.agents}/healthz`, { method: "HEAD" })).status, 200);
});

t.test("it speaks TLS as the pages do, and those that are let in take no place", async (t) => {
  const config = { tls: await tlsFiles(t) };
  const monitor = await start(t, { config, connectionTerms: { maxConnections: 2, maxByAddress: 2 } });
  const identities = Array.from({ length: 4 }, (_, n) => `5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1d${n}`);
  const sockets = [];
  for (const identity of identities) {
    await monitor.addPosServer({ identity, connection: "dial_out", address: null });
    sockets.push((await dial(t, monitor.agents, { id: identity })).socket);
  }
  t.ok(sockets.every(({ readyState }) => readyState === WebSocket.OPEN));
});

t.test("it has as many places as the pages, and takes none of theirs", async (t) => {
  const monitor = await start(t, { connectionTerms: { maxConnections: 3, maxByAddress: 2 } });
  const { port } = new URL(monitor.pages);
  const browser = connect(Number(port), "127.0.0.1");
  await once(browser, "connect");
  t.teardown(() => browser.destroy());
  const silent = Array.from({ length: 3 }, () => connect(monitor.port, "127.0.0.1"));
  for (const socket of silent) {
    socket.on("error", () => undefined);
    t.teardown(() => socket.destroy());
  }
  const [oldest] = silent;
  if (oldest && !oldest.closed) await once(oldest, "close");
  t.pass("the oldest gave its place to the third");
  t.ok(!browser.destroyed && browser.readable);
  browser.end("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  t.match(await text(browser), "ok\n");
});

t.test("it gives requests the time of those of the pages, and closes with agents connected", async (t) => {
  const monitor = await start(t);
  const [pages, agents] = [monitor.app.server, monitor.app.agentServer].map((server) => ({
    headersTimeout: server?.headersTimeout,
    requestTimeout: server?.requestTimeout,
    keepAliveTimeout: server?.keepAliveTimeout,
  }));
  t.same(agents, pages);
  t.match(agents, { headersTimeout: 15_000, requestTimeout: 120_000 });

  const { socket } = await dial(t, monitor.agents);
  await waitFor(monitor.isConnected);
  const ended = once(socket, "close");
  await monitor.app.close();
  t.equal((await ended)[0], 1012, "they are told to come back");
  const refused = connect(monitor.port, "127.0.0.1");
  t.match(await once(refused, "error"), [{ code: "ECONNREFUSED" }]);
});
