import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import t, { type Test } from "tap";
import webPush from "web-push";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/channel.ts";
import {
  createPushSend,
  type PushOptions,
} from "../../../src/monitor/notifications/channels/push/send-push.ts";
import { listen } from "../../helpers/listen.ts";
import { listenRaw } from "../../helpers/misbehaving-server.ts";
import { listenPushService, subscribeBrowser } from "../../helpers/push-service.ts";
import { toldIncident } from "../../helpers/told-incident.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const never = new AbortController().signal;
const server = { ...webPush.generateVAPIDKeys(), subject: "mailto:push@example.com" };
const isPushService = () => true;
const PATH = "/fcm/send/ENDPOINT-OF-SOMEBODY";

interface Failure {
  failure: string;
  isOfMessage?: boolean;
  retryAfterMs?: number | null;
}

const REFUSALS: [status: number, headers: Record<string, string>, Failure][] = [
  [301, { location: "http://127.0.0.1:1/secret" }, { failure: "refused" }],
  [307, { location: "/elsewhere" }, { failure: "refused" }],
  [400, {}, { failure: "refused", isOfMessage: true }],
  [401, {}, { failure: "unauthorized" }],
  [403, {}, { failure: "unauthorized" }],
  [404, {}, { failure: "recipient" }],
  [410, {}, { failure: "recipient" }],
  [413, {}, { failure: "refused", isOfMessage: true }],
  [429, {}, { failure: "rate_limited" }],
  [429, { "retry-after": "90" }, { failure: "rate_limited", retryAfterMs: 90_000 }],
  [429, { "retry-after": "86400" }, { failure: "rate_limited", retryAfterMs: 3_600_000 }],
  [500, {}, { failure: "server_error" }],
  [502, {}, { failure: "server_error" }],
  [503, {}, { failure: "server_error" }],
  [503, { "retry-after": "120" }, { failure: "rate_limited", retryAfterMs: 120_000 }],
];

for (const [status, headers, expected] of REFUSALS) {
  t.test(`${status} ${JSON.stringify(headers)} is a failure with a name`, async (t) => {
    const outcome = await answered(t, (response) => response.writeHead(status, headers).end());
    t.match(outcome, { ok: false, isOfMessage: false, retryAfterMs: null, ...expected });
    t.match(!outcome.ok && outcome.detail, new RegExp(`^${status} [A-Z]`));
    t.notMatch(JSON.stringify(outcome), /secret|elsewhere/);
  });
}

for (const status of [200, 201, 202]) {
  t.test(`${status} is taken`, async (t) => {
    t.match(await answered(t, (response) => response.writeHead(status).end()), { ok: true, reference: null });
  });
}

t.test("neither where the browser is reached nor its secret comes back", async (t) => {
  const service = await listenPushService(t, (response) => {
    const { headers } = service.calls[0] ?? {};
    const said = [PATH, decodeURIComponent(PATH), browser.secrets.auth, "ENDPOINT-OF-SOMEBODY"].join(" ");
    response.writeHead(headers ? 403 : 500).end(`no ${said}`);
  });
  const browser = subscribeBrowser(service.origin + PATH);
  const outcome = await createPushSend({ server, ...browser }, { isPushService })(toldIncident(), never);
  t.match(outcome, { failure: "unauthorized", detail: "403 Forbidden: no … … … …" });
});

t.test("keys that are none end it without a call, and are not told", async (t) => {
  const service = await listenPushService(t);
  const { target, secrets } = subscribeBrowser(service.origin + PATH);
  const noPoint = Buffer.alloc(65, 4).toString("base64url");
  for (const connection of [
    { server, target: { ...target, p256dh: noPoint }, secrets },
    { server, target, secrets: { auth: "short" } },
    { server: { ...server, privateKey: "none" }, target, secrets },
  ]) {
    const outcome = await createPushSend(connection, { isPushService })(toldIncident(), never);
    t.match(outcome, { failure: "recipient", detail: "the keys of the browser cannot be used" });
  }
  t.equal(service.calls.length, 0);
});

t.test("a service that does not answer is left, and so is one that shakes no hands", async (t) => {
  const silent = await listenPushService(t, () => undefined);
  t.match(await to(t, silent.origin, { sendTimeoutMs: 200 }), {
    failure: "response_timeout",
    detail: "no answer within 200 ms",
  });
  await waitFor(async () => (await silent.connections()) === 0);
  const port = await listen(t, createServer());
  t.match(await to(t, `https://127.0.0.1:${port}`, { connectTimeoutMs: 100 }), {
    failure: "connect_timeout",
  });
});

t.test("failures of the network have the names that they have in other channels", async (t) => {
  const closed = createServer();
  const port = await listen(t, closed);
  await new Promise((resolve) => closed.close(resolve));
  t.match(await to(t, `http://127.0.0.1:${port}`), { failure: "connect_refused", detail: /ECONNREFUSED/ });
  t.match(await to(t, "http://push.invalid"), { failure: "dns", detail: /push\.invalid/ });
  const plain = await listenPushService(t);
  t.match(await to(t, plain.origin.replace("http:", "https:")), { failure: "tls" });
  const nonsense = await listenRaw(t, (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n\r\n"));
  t.match(await to(t, nonsense.address), { failure: "invalid_answer" });
  const broken = await listenRaw(t, (socket) => socket.destroy());
  t.match(await to(t, broken.address), { failure: "server_error", isOfMessage: false });
});

t.test("the signal ends it wherever it is, with its reason", async (t) => {
  const service = await listenPushService(t, () => undefined);
  const connection = { server, ...subscribeBrowser(service.origin + PATH) };
  const send = createPushSend(connection, { isPushService });
  const ending = new AbortController();
  const sending = send(toldIncident(), ending.signal);
  await waitFor(() => service.calls.length === 1);
  const reason = new Error("Poswatch stops");
  ending.abort(reason);
  await t.rejects(sending, reason);
  await waitFor(async () => (await service.connections()) === 0);
  await t.rejects(send(toldIncident(), AbortSignal.abort(new Error("over"))), { message: "over" });
  t.equal(service.calls.length, 1);
});

async function answered(t: Test, answer: (response: ServerResponse) => void): Promise<SendOutcome> {
  const service = await listenPushService(t, answer);
  return await to(t, service.origin);
}

async function to(t: Test, origin: string, options: PushOptions = {}): Promise<SendOutcome> {
  const connection = { server, ...subscribeBrowser(origin + PATH) };
  const outcome = await createPushSend(connection, { isPushService, ...options })(toldIncident(), never);
  t.notMatch(JSON.stringify(outcome), /ENDPOINT|fcm/);
  return outcome;
}
