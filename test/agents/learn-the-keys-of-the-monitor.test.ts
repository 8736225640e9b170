import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Http2ServerResponse } from "node:http2";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import Fastify from "fastify";
import t, { type Test } from "tap";
import { createDialOut } from "../../src/agent/dial-out/dial-out.ts";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { publicKeyPin } from "../../src/protocol/certificates.ts";
import { startMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { PATIENT_COMMAND_LIMITS } from "../helpers/commands.ts";
import { makeFolder } from "../helpers/folder.ts";
import { logLines } from "../helpers/log-lines.ts";
import { exampleReport, TOKEN } from "../helpers/pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** Files of certificates with a key each, and the pins of these. */
async function makeCertificates(t: Test, count: number) {
  const folder = makeFolder(t);
  const files: string[] = [];
  const pins: string[] = [];
  for (let n = 0; n < count; n++) {
    const { cert } = await makeCertificate();
    files.push(join(folder, `${n}.pem`));
    writeFileSync(files.at(-1) ?? "", cert);
    pins.push(publicKeyPin(new X509Certificate(cert)));
  }
  return { files, pins };
}

async function start(t: Test, agentCertificateFiles: string[], options: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, { ...options, config: { agentCertificateFiles } });
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  let added = 0;

  /** An agent of the registry that dials in, which answers an announcement as told, and what it was told. */
  async function dialIn(answer: (response: Http2ServerResponse, body: unknown) => void) {
    const posServerId = `5b0e9a0e-6c0b-4b3f-9a55-${String(++added).padStart(12, "0")}`;
    const id = await monitor.addPosServer({ identity: posServerId, connection: "dial_out", address: null });
    const told: unknown[] = [];
    const asked: string[] = [];
    const { log } = Fastify({ logger: false });
    const dialOut = createDialOut({
      readTarget: async () => ({ monitor: url, pins: [], trustsAuthorities: true, proxy: "none" }),
      identity: { posServerId, token: TOKEN },
      async answer(request, response) {
        asked.push(`${request.method} ${request.url}`);
        if (request.method === "GET") {
          response.end(JSON.stringify(exampleReport({ posServerId })));
          return;
        }
        told.push(await json(request));
        answer(response, told.at(-1));
      },
      log,
    });
    t.teardown(() => dialOut.close());
    return { id, told, asked };
  }

  return { ...monitor, dialIn };
}

const taken = (response: Http2ServerResponse, body: unknown) => response.end(JSON.stringify(body));

t.test("an agent is told with each connection, once", async (t) => {
  const { files, pins } = await makeCertificates(t, 2);
  const monitor = await start(t, files);
  t.same(monitor.app.monitorPins, pins);
  const agent = await monitor.dialIn(taken);
  await waitFor(() => agent.told.length === 1);
  t.match(await monitor.app.pollNow(agent.id), { ok: true });
  t.same(agent.told, [{ pins }], "not again with a poll");
  t.equal(agent.asked[0], "PUT /v1/monitor-pins");

  monitor.app.posClient.agents.forget(agent.id);
  await waitFor(() => agent.told.length === 2);
  t.same(agent.told[1], { pins });
});

t.test(
  "certificates of one key have one pin; without one nobody is told, too many end the start",
  async (t) => {
    const { files } = await makeCertificates(t, 1);
    t.equal((await start(t, [...files, ...files])).app.monitorPins.length, 1);

    const monitor = await start(t, []);
    const agent = await monitor.dialIn(taken);
    await waitFor(() => monitor.app.posClient.agents.find(agent.id) !== null);
    t.match(await monitor.app.pollNow(agent.id), { ok: true });
    // It may have been polled besides.
    t.same(new Set(agent.asked), new Set(["GET /v1/status"]));

    const many = (await makeCertificates(t, 9)).files;
    await t.rejects(startMonitor(t, { config: { agentCertificateFiles: many } }), {
      message: /^AGENT_CERTIFICATES names certificates of 9 keys: agents keep no more than 8\. /,
    });
  },
);

t.test("an agent that does not take the keys is named for whoever debugs, and polled as ever", async (t) => {
  const { stream, text } = logLines();
  const { files } = await makeCertificates(t, 1);
  const monitor = await start(t, files, { logStream: stream });
  const { id } = await monitor.dialIn((response) => response.writeHead(404).end("{}"));
  await waitFor(() => text().includes("did not take"));
  t.match(await monitor.app.pollNow(id), { ok: true });
  const line = text()
    .split("\n")
    .find((line) => line.includes("announced pins"));
  const failure = { code: "http_status", status: 404 };
  t.match(JSON.parse(line ?? ""), { level: 20, posServerId: id, failure });
});

t.test("few are told at once, and those that are slow hold up nothing but others like them", async (t) => {
  const { files } = await makeCertificates(t, 1);
  const client = createPosClient({ commandLimits: PATIENT_COMMAND_LIMITS });
  const monitor = await start(t, files, { client });
  const held: (() => void)[] = [];
  const hold = (response: Http2ServerResponse, body: unknown) => held.push(() => taken(response, body));
  const agents: Awaited<ReturnType<typeof monitor.dialIn>>[] = [];
  while (agents.length < 24) agents.push(await monitor.dialIn(hold));
  const isThere = (id: number) => monitor.app.posClient.agents.find(id) !== null;
  await waitFor(() => agents.every(({ id }) => isThere(id)) && held.length === 16);
  const polled = await Promise.all(agents.map(({ id }) => monitor.app.pollNow(id)));
  for (const outcome of polled) t.ok(outcome?.ok, "all are polled meanwhile");
  t.equal(held.length, 16);
  held.shift()?.();
  await waitFor(() => held.length === 16);
  t.equal(agents.filter(({ told }) => told.length > 0).length, 17);
  for (const answer of held.splice(0)) answer();
  await waitFor(() => agents.every(({ told }) => told.length === 1));
  await monitor.app.close();
  t.pass("the last are not waited for");
});
