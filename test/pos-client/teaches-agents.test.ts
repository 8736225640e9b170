import t from "tap";
import {
  teachingFailureInWords,
  teachingFailureOf,
} from "../../src/monitor/log-patterns/sending/teaching-failure.ts";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { translator } from "../../src/monitor/viewer/language.ts";
import { configurationId } from "../../src/protocol/log-patterns.ts";
import { START } from "../helpers/clock.ts";
import { commandClient, failureOfCall } from "../helpers/commands.ts";
import { posServerAt } from "../helpers/pos-server.ts";
import { kindOf, NO_TRIAL, refuse, startTeachableServer } from "../helpers/teachable-server.ts";

const PERIOD = { from: "2026-11-23T13:43:00.000Z", to: "2026-11-24T13:43:00.000Z" };
const PATTERNS = { ...NO_PATTERNS, succeeded: ["SyncJob done"], failed: ["(?<message>SyncJob broke .+)"] };
const { signal } = new AbortController();

t.test("asks for the kinds of lines of a period, and shows what cannot be seen in them", async (t) => {
  const server = await startTeachableServer(t, () => START);
  server.kinds = { kinds: [kindOf("SyncJob \u001bdone", { count: 7 })], lines: 9, isCut: true };
  const { address, fingerprint } = server;
  const outcome = await commandClient(t).listLogKinds(posServerAt(address, { fingerprint }), PERIOD, signal);
  t.match(outcome, {
    ok: true,
    value: { kinds: [{ text: "SyncJob ␛done", count: 7 }], lines: 9, isCut: true },
  });
  t.same(Object.fromEntries(server.periods[0] ?? []), PERIOD);
});

t.test("tries patterns, and teaches them", async (t) => {
  const server = await startTeachableServer(t, () => START);
  const posServer = posServerAt(server.address, { fingerprint: server.fingerprint });
  const client = commandClient(t);
  t.match(await client.tryLogPatterns(posServer, PATTERNS, signal), { ok: true, value: NO_TRIAL });
  t.strictSame(server.tried, [PATTERNS]);
  t.match(await client.putConfiguration(posServer, { logs: PATTERNS }, signal), {
    value: { configurationId: configurationId(PATTERNS) },
  });
  t.match(await client.putConfiguration(posServer, { logs: null }, signal), {
    value: { configurationId: null },
  });
  t.strictSame(server.taught, [PATTERNS, null]);
});

t.test("an agent that does not know these calls is outdated, in words", async (t) => {
  const server = await startTeachableServer(t, () => START);
  server.isOutdated = true;
  const posServer = posServerAt(server.address, { fingerprint: server.fingerprint });
  const client = commandClient(t);
  for (const outcome of [
    await client.listLogKinds(posServer, PERIOD, signal),
    await client.tryLogPatterns(posServer, PATTERNS, signal),
    await client.putConfiguration(posServer, { logs: null }, signal),
  ]) {
    const failure = teachingFailureOf(failureOfCall(t, outcome));
    t.equal(failure.code, "outdated_agent");
    t.equal(teachingFailureInWords({ t: translator("ru") }, failure), "Агент устарел, обновите его");
    t.equal(teachingFailureInWords({ t: translator("en") }, failure), "The agent is outdated, update it");
  }
});

const REFUSALS: [status: number, error: string, code: string][] = [
  [400, "invalid_pattern", "refused"],
  [401, "unauthorized", "unauthorized"],
  [500, "logs_unreadable", "logs_unreadable"],
  [500, "internal", "http_status"],
  [503, "busy", "busy"],
];
for (const [status, error, code] of REFUSALS) {
  t.test(`an answer ${status} ${error} is ${code}`, async (t) => {
    const server = await startTeachableServer(t, () => START);
    server.instead.set("POST /v1/log-pattern-trials", refuse(status, error, "why"));
    const posServer = posServerAt(server.address, { fingerprint: server.fingerprint });
    const outcome = await commandClient(t).tryLogPatterns(posServer, PATTERNS, signal);
    t.equal(teachingFailureOf(failureOfCall(t, outcome)).code, code);
  });
}

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
