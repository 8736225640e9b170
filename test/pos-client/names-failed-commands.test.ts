import { gzipSync } from "node:zlib";
import t from "tap";
import type { CallFailure } from "../../src/monitor/pos-client/calls/failure.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { commandClient, failureOfCall, PATIENT_COMMAND_LIMITS } from "../helpers/commands.ts";
import { httpAnswer, jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { POS_SERVER_ID, posServerAt, TOKEN } from "../helpers/pos-server.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";

const KEY = "0d5d3f6e-3c0b-4f0f-8a55-0f7f4ad0b1c3";
const ORDER = { posServerId: POS_SERVER_ID, startService: false };
/** The token, as it may be spelled in the code of an error. */
const ECHOED = TOKEN.replaceAll("-", "_");

const refusal = (status: string, body: unknown, headers: string[] = []) =>
  httpAnswer(status, typeof body === "string" ? body : JSON.stringify(body), headers);

function refused(status: number, said = ""): CallFailure {
  return { code: "http_status", detail: `HTTP ${status}${said && `: ${said}`}`, status };
}

const ANSWERS: [name: string, answer: string | Buffer, failure: CallFailure][] = [
  [
    "409 with its reason",
    refusal("409 Conflict", { error: "other_order", message: "Ключ занят\r\nдругим заказом" }),
    { ...refused(409, "other_order: Ключ занят другим заказом"), error: "other_order" },
  ],
  [
    "401",
    refusal("401 Unauthorized", { error: "unauthorized", message: "no token" }),
    { code: "unauthorized", detail: "HTTP 401: unauthorized: no token", status: 401, error: "unauthorized" },
  ],
  [
    "a refusal that sends the token back",
    refusal("400 Bad Request", { error: ECHOED, message: `${"x".repeat(280)}${TOKEN}` }),
    { ...refused(400, `${ECHOED}: ${"x".repeat(261)}`), error: ECHOED },
  ],
  ["a refusal that is no JSON", refusal("500 Internal Server Error", "<html>"), refused(500)],
  [
    "a refusal with something else for a code",
    refusal("500 Internal Server Error", { error: "<b>", message: "сломалось" }),
    refused(500, "сломалось"),
  ],
  [
    "a refusal that is too large to be read",
    refusal("500 Internal Server Error", { error: "big", message: "x".repeat(5_000) }),
    refused(500),
  ],
  [
    "503 with Retry-After",
    refusal("503 Busy", "", ["Retry-After: Tue, 24 Nov 2026 12:00:05 GMT"]),
    { ...refused(503), retryAfterMs: 5_000 },
  ],
  [
    "a redirect, which is not followed",
    refusal("307 Temporary Redirect", "", ["Location: http://127.0.0.1:1/"]),
    refused(307),
  ],
  ["204", "HTTP/1.1 204 No Content\r\n\r\n", refused(204)],
  [
    "a declared body that is too large",
    "HTTP/1.1 202 Accepted\r\nContent-Length: 70000\r\n\r\n",
    { code: "too_large", detail: "body of 70000 bytes" },
  ],
  [
    "a compressed body",
    httpAnswer("200 OK", gzipSync("{}"), ["Content-Encoding: gzip"]),
    { code: "invalid_json", detail: "compressed without being asked to" },
  ],
  [
    "an answer of another shape",
    jsonAnswer({ step: "moving_database", movedFiles: "all", service: null }),
    { code: "invalid_report", detail: "/movedFiles must be array" },
  ],
];

for (const [name, answer, failure] of ANSWERS) {
  t.test(`${name} is ${failure.code}`, async (t) => {
    const { address, received } = await listenRaw(t, (socket) => socket.end(answer));
    const client = commandClient(t, { now: () => Date.UTC(2026, 10, 24, 12, 0, 0) });
    t.same(failureOfCall(t, await client.beginDatabaseReset(posServerAt(address), KEY, ORDER)), failure);
    t.equal(received.length, 1, "asked once");
  });
}

t.test("an answer is lost when the connection is cut, when it breaks off, or when none comes", async (t) => {
  const { address, received } = await listenRaw(t, (socket) => socket.resetAndDestroy());
  const outcome = await commandClient(t).beginDatabaseReset(posServerAt(address), KEY, ORDER);
  t.match(failureOfCall(t, outcome), { code: "connect_refused", isAnswerLost: true });
  t.equal(received.length, 1);
  const half = "HTTP/1.1 202 Accepted\r\nContent-Length: 400\r\n\r\n{";
  const breaking = await listenRaw(t, (socket) => socket.end(half));
  const broken = await commandClient(t).beginDatabaseReset(posServerAt(breaking.address), KEY, ORDER);
  const lost = { code: "invalid_json", detail: /^answer broke off/, isAnswerLost: true };
  t.match(failureOfCall(t, broken), lost);

  const silent = await listenRaw(t, () => undefined);
  const command = { ...PATIENT_COMMAND_LIMITS.command, callTimeoutMs: 1_000 };
  const client = commandClient(t, { commandLimits: { command } });
  const none = await client.beginDatabaseReset(posServerAt(silent.address), KEY, ORDER);
  t.match(failureOfCall(t, none), { code: "response_timeout", detail: /1000 ms/, isAnswerLost: true });
});

t.test("an order that nobody got, or that a changed certificate held back, is no lost answer", async (t) => {
  const server = await listenRaw(t, (socket) => socket.end(jsonAnswer({})), await makeCertificate());
  const { fingerprint } = await makeCertificate();
  const nobody = posServerAt(`http://127.0.0.1:${NOBODYS_PORT}`);
  for (const [posServer, code] of [
    [nobody, "connect_refused"],
    [{ ...nobody, address: null }, "connect_refused"],
    [posServerAt(server.address, { fingerprint }), "certificate_changed"],
  ] as const) {
    const failure = failureOfCall(t, await commandClient(t).beginDatabaseReset(posServer, KEY, ORDER));
    t.match(failure, { code, isAnswerLost: undefined });
  }
  t.equal(server.received.join(""), "");
});
