import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { connect } from "node:tls";
import { fastify } from "fastify";
import t, { type Test } from "tap";
import { guardConnections } from "../../src/protocol/connection-limits.ts";
import { createRefusalLog } from "../../src/protocol/refusal-log.ts";
import { callAgent, makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { waitFor } from "../helpers/wait-for.ts";

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
  t.equal(
    (await callAgent(agent, "/v1/logs?from=2026-01-01T00:00:00.000Z&to=2026-01-02T00:00:00.000Z")).status,
    200,
  );
  const again = await callAgent(agent, "/v1/status", { connections: kept });
  t.equal(again.status, 200, "and the one that was kept still is");
  const open = () => idle.filter((socket) => !socket.destroyed).length;
  await waitFor(() => open() <= 100);
});

t.test("a refused call ends its connection", async (t) => {
  const agent = await startTestAgent(t, await makeAgentFolder(t));
  const kept = new Agent({ keepAlive: true });
  t.teardown(() => kept.destroy());
  const answer = await callAgent(agent, "/v1/status", { connections: kept, authorization: "Bearer wrong" });
  t.match(answer, { status: 401, headers: { connection: "close" } });
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

t.test("refused calls of one address are logged once a minute, with their number", async (t) => {
  const lines: object[] = [];
  const log = fastify({
    logger: { stream: { write: (line: string) => void lines.push(JSON.parse(line)) } },
  }).log;
  let now = 0;
  const refusals = createRefusalLog(() => now);
  for (let call = 0; call < 1_000; call += 1) refusals.add("192.0.2.7", log);
  t.match(lines, [{ ip: "192.0.2.7", calls: 1 }]);
  t.equal(lines.length, 1);
  now = 60_000;
  refusals.add("192.0.2.7", log);
  t.match(lines[1], { ip: "192.0.2.7", calls: 1_000 });
});
