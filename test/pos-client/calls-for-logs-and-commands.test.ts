import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import type { CallOutcome, PosClient } from "../../src/monitor/pos-client/client.ts";
import { agentFailureOf } from "../../src/monitor/requests/agent-failure.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { START } from "../helpers/clock.ts";
import { commandClient, failureOfCall } from "../helpers/commands.ts";
import { listen } from "../helpers/listen.ts";
import { exampleReport, POS_SERVER_ID, posServerAt, TOKEN } from "../helpers/pos-server.ts";
import { kindOf, refuse, startTeachableServer } from "../helpers/teachable-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

const KEY = "0d5d3f6e-3c0b-4f0f-8a55-0f7f4ad0b1c3";
const RESET = {
  step: "stopping_service",
  movedFiles: [{ name: "a.mdf", bytes: 5 }],
  service: "running",
} as const;
const certificate = await makeCertificate();
const { signal } = new AbortController();

/** A POS server over HTTPS that answers everything in the same way, and what it was asked. */
async function answering(t: Test, status: number, value: unknown) {
  const asked: { line: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createTlsServer({ ...certificate }, async (request, response) => {
    const line = `${request.method} ${request.url}`;
    asked.push({ line, headers: request.headers, body: await text(request) });
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  });
  const port = await listen(t, server);
  const { fingerprint } = certificate;
  return { posServer: posServerAt(`https://127.0.0.1:${port}/north`, { fingerprint }), asked };
}

t.test("lists the logs of a period", async (t) => {
  const files = Array.from({ length: 10_000 }, (_, index) => ({
    name: `2026/11/журнал обмена с главным сервером ${index}.log`,
    bytes: index,
    createdAt: "2026-11-23T00:00:00.000Z",
    modifiedAt: "2026-11-24T00:00:00.000Z",
  }));
  const { posServer, asked } = await answering(t, 200, { files });
  const period = { from: "2026-11-23T10:00:00.000Z", to: "2026-11-24T10:00:00.000Z" };
  const outcome = await commandClient(t, { now: () => 1_234 }).listLogs(posServer, period, signal);
  t.match(outcome, { ok: true, receivedAt: 1_234 });
  t.same(outcome.ok && outcome.value, files);
  const line = "GET /north/v1/logs?from=2026-11-23T10%3A00%3A00.000Z&to=2026-11-24T10%3A00%3A00.000Z";
  const headers = { authorization: `Bearer ${TOKEN}`, "accept-encoding": "identity" };
  t.match(asked, [{ line, headers }]);
});

const FAILED_START = { step: "failed", error: { error: "start_timeout", message: "не запустилась" } };
const RESET_ORDER = { posServerId: POS_SERVER_ID, startService: true };
const START_ORDER = { posServerId: POS_SERVER_ID };

const COMMANDS: [
  line: string,
  answer: [status: number, value: object],
  call: (client: PosClient, posServer: PosServer) => Promise<CallOutcome<unknown>>,
  order: object | null,
][] = [
  [
    "POST /north/v1/database-resets",
    [202, RESET],
    (client, posServer) => client.beginDatabaseReset(posServer, KEY, RESET_ORDER),
    RESET_ORDER,
  ],
  [
    "POST /north/v1/service-starts",
    [200, { step: "starting_service" }],
    (client, posServer) => client.beginServiceStart(posServer, KEY, START_ORDER),
    START_ORDER,
  ],
  [
    `GET /north/v1/database-resets/${KEY}`,
    [200, RESET],
    (client, posServer) => client.readDatabaseReset(posServer, KEY),
    null,
  ],
  [
    `GET /north/v1/service-starts/${KEY}`,
    [200, FAILED_START],
    (client, posServer) => client.readServiceStart(posServer, KEY),
    null,
  ],
];

for (const [line, [status, value], call, order] of COMMANDS) {
  t.test(`commands a POS server: ${line}`, async (t) => {
    const { posServer, asked } = await answering(t, status, value);
    t.match(await call(commandClient(t), posServer), { ok: true, value });
    t.match(asked, [{ line, headers: { authorization: `Bearer ${TOKEN}` } }]);
    if (!order) return;
    t.match(asked[0]?.headers, { "idempotency-key": KEY, "content-type": "application/json" });
    t.same(JSON.parse(asked[0]?.body ?? ""), order);
  });
}

t.test("a command does not wait for a poll that hangs, nor use its connection", async (t) => {
  let connections = 0;
  const server = createServer((request, response) => {
    if (request.url === "/v1/status") return;
    response.end(JSON.stringify(RESET));
  });
  server.on("connection", () => {
    connections += 1;
  });
  const posServer = posServerAt(`http://127.0.0.1:${await listen(t, server)}`);
  const client = commandClient(t, { keepConnections: true, limits: { headersTimeoutMs: 2_000 } });
  const poll = client.fetchStatus(posServer);
  t.match(await client.readDatabaseReset(posServer, KEY), { ok: true });
  t.match(await client.readDatabaseReset(posServer, KEY), { ok: true });
  t.match(await poll, { failure: { code: "response_timeout" } });
  t.equal(connections, 3);
});

t.test("the connection of a call is closed after it, and the kept one of the polls stays", async (t) => {
  const server = createServer((request, response) => {
    response.end(JSON.stringify(request.url === "/v1/status" ? exampleReport() : RESET));
  });
  const port = await listen(t, server);
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  const posServer = posServerAt(`http://127.0.0.1:${port}`);
  const client = commandClient(t, { keepConnections: true });
  t.match(await client.fetchStatus(posServer), { ok: true });
  for (let call = 0; call < 3; call += 1) await client.readDatabaseReset(posServer, KEY);
  await waitFor(() => sockets.filter(({ destroyed }) => !destroyed).length === 1);
  t.match(await client.fetchStatus(posServer), { ok: true });
  t.equal(sockets.length, 4, "the second poll went over the connection of the first");
});

const PERIOD = { from: "2026-11-23T13:43:00.000Z", to: "2026-11-24T13:43:00.000Z" };
const PATTERNS = { ...NO_PATTERNS, succeeded: ["SyncJob done"] };

const REFUSALS: [status: number, error: string, code: string][] = [
  [400, "invalid_pattern", "refused"],
  [401, "unauthorized", "unauthorized"],
  [404, "not_found", "outdated_agent"],
  [500, "logs_unreadable", "logs_unreadable"],
  [500, "internal", "http_status"],
  [503, "busy", "busy"],
];

t.test("what an agent answers instead of trying patterns has a name", async (t) => {
  const server = await startTeachableServer(t, () => START);
  const posServer = posServerAt(server.address, { fingerprint: server.fingerprint });
  const client = commandClient(t);
  for (const [status, error, code] of REFUSALS) {
    server.instead.set("POST /v1/log-pattern-trials", refuse(status, error, "why"));
    const outcome = await client.tryLogPatterns(posServer, PATTERNS, signal);
    t.equal(agentFailureOf(failureOfCall(t, outcome)).code, code, `${status} ${error}`);
  }
});

t.test("what an agent answers is made visible, bounded, and has to be what was asked for", async (t) => {
  const server = await startTeachableServer(t, () => START);
  const posServer = posServerAt(server.address, { fingerprint: server.fingerprint });
  const logKinds = { callTimeoutMs: 60_000, maxBodyBytes: 1_000 };
  const configuration = { callTimeoutMs: 200, maxBodyBytes: 1_000 };
  const client = commandClient(t, { commandLimits: { logKinds, configuration } });
  server.kinds = { kinds: [kindOf("SyncJob \u001bdone", { count: 7 })], lines: 9, isCut: true };
  t.match(await client.listLogKinds(posServer, PERIOD, signal), {
    ok: true,
    value: { kinds: [{ text: "SyncJob ␛done", count: 7 }], lines: 9, isCut: true },
  });
  server.kinds = { kinds: Array.from({ length: 20 }, () => kindOf("x".repeat(100))), lines: 1, isCut: false };
  const large = await client.listLogKinds(posServer, PERIOD, signal);
  t.equal(failureOfCall(t, large).code, "too_large");
  server.kinds = { kinds: [kindOf("x".repeat(301))], lines: 1, isCut: false };
  t.equal(failureOfCall(t, await client.listLogKinds(posServer, PERIOD, signal)).code, "invalid_report");
  server.instead.set("PUT /v1/configuration", () => undefined);
  const hanging = await client.putConfiguration(posServer, { logs: null }, signal);
  t.equal(failureOfCall(t, hanging).code, "response_timeout");
});
