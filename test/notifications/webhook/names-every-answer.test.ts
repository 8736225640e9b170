import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import t, { type Test } from "tap";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/channel.ts";
import { createWebhookSend } from "../../../src/monitor/notifications/channels/webhook/send-webhook.ts";
import { httpAnswer, listenRaw } from "../../helpers/misbehaving-server.ts";
import { toldIncident } from "../../helpers/told-incident.ts";
import { listenWebhook } from "../../helpers/webhook-server.ts";

const never = new AbortController().signal;
const SECRET = "0123456789abcdef";
const NOW = Date.parse("2026-11-25T23:05:00Z");

interface Failure {
  failure: string;
  isOfMessage?: boolean;
  retryAfterMs?: number | null;
}

const REFUSALS: [status: number, headers: Record<string, string>, Failure][] = [
  [300, {}, { failure: "refused" }],
  [301, { location: "http://127.0.0.1:1/secret" }, { failure: "refused" }],
  [307, { location: "/elsewhere" }, { failure: "refused" }],
  [304, {}, { failure: "refused" }],
  [400, {}, { failure: "refused", isOfMessage: true }],
  [401, {}, { failure: "unauthorized" }],
  [403, {}, { failure: "unauthorized" }],
  [404, {}, { failure: "recipient" }],
  [405, {}, { failure: "refused" }],
  [407, {}, { failure: "proxy" }],
  [408, {}, { failure: "response_timeout" }],
  [410, {}, { failure: "recipient" }],
  [413, {}, { failure: "refused", isOfMessage: true }],
  [422, {}, { failure: "refused", isOfMessage: true }],
  [429, {}, { failure: "rate_limited" }],
  [429, { "retry-after": "90" }, { failure: "rate_limited", retryAfterMs: 90_000 }],
  [429, { "retry-after": "86400" }, { failure: "rate_limited", retryAfterMs: 3_600_000 }],
  [429, { "retry-after": "soon" }, { failure: "rate_limited" }],
  [500, {}, { failure: "server_error" }],
  [502, {}, { failure: "server_error" }],
  [503, {}, { failure: "server_error" }],
  [503, { "retry-after": "0" }, { failure: "rate_limited", retryAfterMs: 0 }],
  [
    503,
    { date: "Wed, 25 Nov 2026 20:00:00 GMT", "retry-after": "Wed, 25 Nov 2026 20:02:00 GMT" },
    { failure: "rate_limited", retryAfterMs: 120_000 },
  ],
];

for (const [status, headers, expected] of REFUSALS) {
  t.test(`${status} ${JSON.stringify(headers)} is a failure with a name`, async (t) => {
    const outcome = await answered(t, (response) => response.writeHead(status, headers).end());
    t.match(outcome, { ok: false, isOfMessage: false, retryAfterMs: null, ...expected });
    t.match(!outcome.ok && outcome.detail, new RegExp(`^${status} [A-Z]`));
    t.notMatch(JSON.stringify(outcome), /secret|elsewhere/);
  });
}

t.test("a time without a clock of theirs is one of ours", async (t) => {
  const outcome = await answered(t, (response) => {
    response.sendDate = false;
    response.writeHead(429, { "retry-after": "Wed, 25 Nov 2026 23:06:00 GMT" }).end();
  });
  t.match(outcome, { failure: "rate_limited", retryAfterMs: 60_000 });
});

t.test("what is said of a success is its answer, as one short line", async (t) => {
  const answers: [body: string, answer: string][] = [
    ["", "200 OK"],
    ["ticket 118\nand more", "200 OK: ticket 118"],
    ['{\n  "ticket": 118\n}', '200 OK: { "ticket": 118 }'],
    ["<!doctype html><p>Welcome", "200 OK"],
    ["\u001b[31m red \u0000\u202e", "200 OK: [31m red"],
    ["х".repeat(5_000), `200 OK: ${"х".repeat(200)}`],
    ["Заявка создана", "200 OK: Заявка создана"],
  ];
  for (const [body, answer] of answers) {
    t.same(await answered(t, (response) => response.end(body)), { ok: true, reference: null, answer });
  }
  const packed = await answered(t, (response) =>
    response.writeHead(201, { "content-encoding": "gzip" }).end(gzipSync("ticket")),
  );
  t.match(packed, { ok: true, answer: "201 Created" });
});

t.test("neither path, query nor secret come back", async (t) => {
  const path = "/hooks/T0KEN-OF-SOMEBODY?key=0xCAFEBABE&%D1%8F=%D0%B4%D0%B0-%D0%B4%D0%B0-%D0%B4%D0%B0";
  for (const status of [200, 404]) {
    const outcome = await answered(
      t,
      (response) =>
        response
          .writeHead(status)
          .end(`Cannot POST ${path} (${decodeURIComponent(path)}) T0KEN-OF-SOMEBODY 0xCAFEBABE ${SECRET}`),
      path,
    );
    t.notMatch(JSON.stringify(outcome), /hooks|T0KEN|CAFE|да-да|%D0|0123/);
    t.match(JSON.stringify(outcome), /Cannot POST …/);
  }
});

t.test("a huge answer is not read to its end", async (t) => {
  let sentBytes = 0;
  const chunk = Buffer.alloc(64 * 1024, "x");
  const outcome = await answered(t, (response) => {
    const more = () => {
      while (sentBytes < 1024 * 1024 * 1024) {
        sentBytes += chunk.length;
        if (!response.write(chunk)) return response.once("drain", more);
      }
      return response.end();
    };
    response.on("error", () => undefined);
    more();
  });
  t.match(outcome, { ok: true, answer: `200 OK: ${"x".repeat(200)}` });
  t.ok(sentBytes < 100 * 1024 * 1024, `${sentBytes} bytes were sent`);
});

t.test("what is no HTTP is named so", async (t) => {
  const nonsense = ["SSH-2.0-OpenSSH_9.9\r\n\r\n", "HTTP/1.1 2xx Fine\r\n\r\n", "\u0000\u0001\u0002\r\n\r\n"];
  for (const text of nonsense) {
    const server = await listenRaw(t, (socket) => socket.end(text));
    t.match(await send(server.address), { failure: "invalid_answer" }, text);
  }
  const large = await listenRaw(t, (socket) =>
    socket.end(httpAnswer("200 OK", "", [`X-Large: ${"x".repeat(20_000)}`])),
  );
  t.match(await send(large.address), { failure: "invalid_answer" });
});

t.test("a connection that breaks off is named so", async (t) => {
  const before = await listenRaw(t, (socket) => socket.destroy());
  t.match(await send(before.address), { failure: "server_error", isOfMessage: false });
  const within = await listenRaw(t, (socket) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nticket"),
  );
  t.match(await send(within.address), { ok: true, answer: "200 OK: ticket" });
});

async function answered(
  t: Test,
  answer: (response: ServerResponse) => void,
  path = "/",
): Promise<SendOutcome> {
  const server = await listenWebhook(t, answer);
  return await send(server.origin + path);
}

async function send(url: string): Promise<SendOutcome> {
  const connection = { target: { url }, secrets: { secret: SECRET } };
  return await createWebhookSend(connection, { clock: () => NOW })(toldIncident(), never);
}
