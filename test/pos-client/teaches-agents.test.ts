import t from "tap";
import { teachingFailureOf } from "../../src/monitor/log-patterns/sending/teaching-failure.ts";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { START } from "../helpers/clock.ts";
import { commandClient, failureOfCall } from "../helpers/commands.ts";
import { posServerAt } from "../helpers/pos-server.ts";
import { kindOf, refuse, startTeachableServer } from "../helpers/teachable-server.ts";

const PERIOD = { from: "2026-11-23T13:43:00.000Z", to: "2026-11-24T13:43:00.000Z" };
const PATTERNS = { ...NO_PATTERNS, succeeded: ["SyncJob done"] };
const { signal } = new AbortController();

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
    t.equal(teachingFailureOf(failureOfCall(t, outcome)).code, code, `${status} ${error}`);
  }
});

t.test("what cannot be seen in the lines of an agent is made visible", async (t) => {
  const server = await startTeachableServer(t, () => START);
  server.kinds = { kinds: [kindOf("SyncJob \u001bdone", { count: 7 })], lines: 9, isCut: true };
  const posServer = posServerAt(server.address, { fingerprint: server.fingerprint });
  t.match(await commandClient(t).listLogKinds(posServer, PERIOD, signal), {
    ok: true,
    value: { kinds: [{ text: "SyncJob ␛done", count: 7 }], lines: 9, isCut: true },
  });
});

t.test("what an agent answers is bounded, and has to be what was asked for", async (t) => {
  const server = await startTeachableServer(t, () => START);
  const posServer = posServerAt(server.address, { fingerprint: server.fingerprint });
  const client = commandClient(t, {
    commandLimits: {
      logKinds: { callTimeoutMs: 60_000, maxBodyBytes: 1_000 },
      configuration: { callTimeoutMs: 200, maxBodyBytes: 1_000 },
    },
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
