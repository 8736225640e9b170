import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { connect } from "node:tls";
import { fastify } from "fastify";
import t, { type Test } from "tap";
import { guardConnections } from "../../src/protocol/connection-limits.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { createRefusalLog } from "../../src/protocol/refusal-log.ts";
import { explainInvalidReport } from "../../src/protocol/status-report.ts";
import { callAgent, makeAgentFolder, sendToAgent, startTestAgent } from "../helpers/agent.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { logLines } from "../helpers/log-lines.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("the token gets a report, without it there is nothing but 401, and no log tells it", async (t) => {
  const { stream, text } = logLines();
  const { log: logger } = fastify({ logger: { level: "trace", stream } });
  const agent = await startTestAgent(t, await makeAgentFolder(t), logger);
  const { token = "", fingerprint, posServerId } = parsePairingString(agent.pairingString) ?? {};
  const report = await callAgent(agent, "/v1/status");
  t.match(report, { status: 200, fingerprint, body: { posServerId } });
  t.equal(explainInvalidReport(report.body), null);
  const wrong = [null, "", "Bearer", "Bearer wrong-secret", `Basic ${token}`, `Bearer ${token}x`, token];
  for (const path of ["/v1/status", "/v1/nothing", "/v1/", "/%76%31/status", "/v1/%73tatus"]) {
    for (const authorization of wrong) {
      const answer = await callAgent(agent, path, { authorization });
      const asked = `${path} with ${authorization?.slice(0, 8)}`;
      t.match(answer, { status: 401, body: { error: "unauthorized" } }, asked);
    }
  }
  const connections = new Agent({ keepAlive: true });
  t.teardown(() => connections.destroy());
  const call = { authorization: null, method: "POST", connections };
  t.match(await callAgent(agent, "/v1/status", call), { status: 401, headers: { connection: "close" } });

  // With the token it is told what is wrong, in the words of the protocol.
  t.match(await callAgent(agent, "/v1/nothing"), { status: 404, body: { error: "not_found" } });
  t.match(await callAgent(agent, "/"), { status: 404, body: { error: "not_found" } });
  const tooLarge = await sendToAgent(agent, "/v1/nothing", "x".repeat(70_000));
  t.match(tooLarge, { status: 413, body: { error: "FST_ERR_CTP_BODY_TOO_LARGE" } });

  const log = text();
  t.match(log, "agent is ready");
  t.match(log, "calls without the right token refused");
  t.notMatch(log, token);
  t.notMatch(log, "wrong-secret");
});

t.test("connections are kept longer than the monitor's interval, TLS sessions are resumed", async (t) => {
  const agent = await startTestAgent(t, await makeAgentFolder(t, { pathPrefix: "/restaurant-7" }));
  const connections = new Agent({ keepAlive: false, maxCachedSessions: 10 });
  const first = await callAgent(agent, "/v1/status", { connections });
  const second = await callAgent(agent, "/v1/status", { connections });
  t.same([first.isSessionReused, second.isSessionReused], [false, true]);
  const keepAlive = new Agent({ keepAlive: true });
  const kept = await callAgent(agent, "/v1/status", { connections: keepAlive });
  t.match(kept, { status: 200, headers: { "keep-alive": "timeout=360" } });
  keepAlive.destroy();

  t.match(agent.address, /:\d+\/restaurant-7$/);
  t.equal(parsePairingString(agent.pairingString)?.address, agent.address);
  const root = { ...agent, address: agent.address.replace("/restaurant-7", "") };
  t.match(await callAgent(root, "/v1/status"), { status: 404 }, "it answers below its prefix only");
});

/** Sits on connections that say nothing, from several addresses of this machine. */
async function openIdle(t: Test, address: string, addresses: number, each: number): Promise<Socket[]> {
  const { hostname, port } = new URL(address);
  const sockets: Socket[] = [];
  for (let place = 0; place < addresses * each; place += 1) {
    const localAddress = `127.0.0.${2 + (place % addresses)}`;
    const tcp = connectTcp({ host: hostname, port: Number(port), localAddress });
    const socket = connect({ socket: tcp, rejectUnauthorized: false });
    tcp.on("error", () => {});
    socket.on("error", () => {});
    t.teardown(() => socket.destroy());
    sockets.push(socket);
    await Promise.race([once(socket, "secureConnect"), once(socket, "close")]);
  }
  return sockets;
}

t.test("many silent connections keep nobody with the token from calling", async (t) => {
  const agent = await startTestAgent(t, await makeAgentFolder(t));
  const kept = new Agent({ keepAlive: true });
  t.teardown(() => kept.destroy());
  t.equal((await callAgent(agent, "/v1/status", { connections: kept })).status, 200);
  const idle = await openIdle(t, agent.address, 5, 40);
  t.equal((await callAgent(agent, "/v1/status")).status, 200, "a new connection is let in");
  const period = "from=2026-01-01T00:00:00.000Z&to=2026-01-02T00:00:00.000Z";
  t.equal((await callAgent(agent, `/v1/logs?${period}`)).status, 200);
  const again = await callAgent(agent, "/v1/status", { connections: kept });
  t.equal(again.status, 200, "and the one that was kept still is");
  const open = () => idle.filter((socket) => !socket.destroyed).length;
  await waitFor(() => open() <= 100);
});

t.test("a connection that shows no token in time is ended, one that does stays", async (t) => {
  const { key, cert } = await makeCertificate();
  const server = fastify({ https: { key, cert } });
  const guard = guardConnections(server.server, { maxConnections: 10, maxByAddress: 10, untrustedMs: 200 });
  server.get("/", async (call) => {
    guard.trust(call.raw.socket);
    return "ok";
  });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => server.close());

  const silent = connectTcp(Number(new URL(address).port), "127.0.0.1");
  silent.on("error", () => {});
  const kept = new Agent({ keepAlive: true });
  t.teardown(() => kept.destroy());
  const call = () =>
    new Promise<boolean>((resolve, reject) => {
      const outgoing = request(address, { agent: kept, rejectUnauthorized: false }, (answer) => {
        answer.resume().on("end", () => resolve(outgoing.reusedSocket));
      });
      outgoing.on("error", reject).end();
    });
  t.equal(await call(), false);
  await once(silent, "close");
  t.equal(await call(), true, "the one with the token is still there after that time");
});

/** A log of refusals by a clock that stands, and its lines. */
function makeRefusalLog() {
  const lines: { ip: string; calls: number }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const { log } = fastify({ logger: { stream } });
  let now = 0;
  const refusals = createRefusalLog(() => now);
  return {
    lines,
    add: (address: string) => refusals.add(address, log),
    pass(ms: number) {
      now += ms;
    },
  };
}

t.test("refused calls of one address are logged once a minute, with their number", async (t) => {
  const { lines, add, pass } = makeRefusalLog();
  for (let call = 0; call < 1_000; call += 1) add("192.0.2.7");
  t.match(lines, [{ ip: "192.0.2.7", calls: 1 }]);
  t.equal(lines.length, 1);
  pass(60_000);
  add("192.0.2.7");
  t.match(lines[1], { ip: "192.0.2.7", calls: 1_000 });
});

t.test("refused calls of ever more addresses are counted in one line beyond a hundred", async (t) => {
  const { lines, add, pass } = makeRefusalLog();
  for (let n = 0; n < 5_000; n += 1) add(`2001:db8::${n}`);
  t.equal(lines.length, 101);
  t.same(lines.at(-1), { ...lines.at(-1), ip: "others", calls: 1 });
  pass(59_999);
  for (let n = 0; n < 5_000; n += 1) add(`2001:db8::${n}`);
  t.equal(lines.length, 101, "nothing more within a minute");

  pass(1);
  for (let n = 0; n < 5_000; n += 1) add(`2001:db8:1::${n}`);
  t.equal(lines.length, 202);
  t.match(lines[101], { ip: "2001:db8:1::0", calls: 1 }, "those that are quiet make room");
  t.match(lines.at(-1), { ip: "others", calls: 4_899 + 100 + 4_900 + 1 }, "and what they kept back is told");
});
