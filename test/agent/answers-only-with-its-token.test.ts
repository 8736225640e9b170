import { Agent } from "node:https";
import t from "tap";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { explainInvalidReport } from "../../src/protocol/status-report.ts";
import { callAgent, makeAgentFolder, startTestAgent } from "../helpers/agent.ts";

t.test("a call with the token of the pairing string gets a valid report", async (t) => {
  const agent = await startTestAgent(t, await makeAgentFolder(t));
  const answer = await callAgent(agent, "/v1/status");
  t.equal(answer.status, 200);
  t.equal(explainInvalidReport(answer.body), null);
  t.equal(answer.fingerprint, parsePairingString(agent.pairingString)?.fingerprint);
  t.match(answer.body, { posServerId: parsePairingString(agent.pairingString)?.posServerId });
});

t.test("a call without the right token gets 401, also for addresses that do not exist", async (t) => {
  const agent = await startTestAgent(t, await makeAgentFolder(t));
  const token = parsePairingString(agent.pairingString)?.token ?? "";
  const wrong = [null, "", "Bearer", "Bearer wrong", `Basic ${token}`, `Bearer ${token}x`, token];
  for (const path of ["/v1/status", "/v1/nothing", "/v1/", "/%76%31/status", "/v1/%73tatus"]) {
    for (const authorization of wrong) {
      const answer = await callAgent(agent, path, { authorization });
      t.match(
        answer,
        { status: 401, body: { error: "unauthorized" } },
        `${path} with ${authorization?.slice(0, 8)}`,
      );
    }
  }
  t.match(await callAgent(agent, "/v1/status", { authorization: null, method: "POST" }), { status: 401 });
});

t.test("unknown addresses get 404 and too large bodies 413, in the words of the protocol", async (t) => {
  const agent = await startTestAgent(t, await makeAgentFolder(t));
  t.match(await callAgent(agent, "/v1/nothing"), { status: 404, body: { error: "not_found" } });
  t.match(await callAgent(agent, "/"), { status: 404, body: { error: "not_found" } });
  const tooLarge = await callAgent(agent, "/v1/nothing", {
    method: "POST",
    headers: { "content-type": "application/json" },
    content: JSON.stringify("x".repeat(70_000)),
  });
  t.match(tooLarge, { status: 413, body: { error: "FST_ERR_CTP_BODY_TOO_LARGE" } });
});

t.test("an agent with a path prefix answers below it only", async (t) => {
  const agent = await startTestAgent(t, await makeAgentFolder(t, { pathPrefix: "/restaurant-7" }));
  t.match(agent.address, /:\d+\/restaurant-7$/);
  t.equal(parsePairingString(agent.pairingString)?.address, agent.address);
  t.match(await callAgent(agent, "/v1/status"), { status: 200 });
  const root = { ...agent, address: agent.address.replace("/restaurant-7", "") };
  t.match(await callAgent(root, "/v1/status"), { status: 404 });
});

t.test(
  "connections are kept for longer than the monitor's interval, and TLS sessions are resumed",
  async (t) => {
    const agent = await startTestAgent(t, await makeAgentFolder(t));
    const connections = new Agent({ keepAlive: false, maxCachedSessions: 10 });
    const first = await callAgent(agent, "/v1/status", { connections });
    const second = await callAgent(agent, "/v1/status", { connections });
    t.same([first.isSessionReused, second.isSessionReused], [false, true]);
    const keepAlive = new Agent({ keepAlive: true });
    const kept = await callAgent(agent, "/v1/status", { connections: keepAlive });
    t.match(kept.headers, { "keep-alive": "timeout=360" });
    keepAlive.destroy();
  },
);

t.test("no token appears in the log", async (t) => {
  const lines: string[] = [];
  const { default: Fastify } = await import("fastify");
  const logger = Fastify({ logger: { level: "trace", stream: { write: (line) => lines.push(line) } } }).log;
  const agent = await startTestAgent(t, await makeAgentFolder(t), logger);
  await callAgent(agent, "/v1/status");
  await callAgent(agent, "/v1/status", { authorization: "Bearer wrong-secret" });
  const log = lines.join("");
  t.match(log, "agent is ready");
  t.match(log, "calls without the right token refused");
  t.notMatch(log, parsePairingString(agent.pairingString)?.token ?? "missing");
  t.notMatch(log, "wrong-secret");
});
