import { gzipSync } from "node:zlib";
import t from "tap";
import { PosClientClosedError } from "../../src/monitor/pos-client/calls/call-error.ts";
import type { CallFailure } from "../../src/monitor/pos-client/calls/failure.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { commandClient, failureOfCall, PATIENT_COMMAND_LIMITS } from "../helpers/commands.ts";
import { httpAnswer, jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { POS_SERVER_ID, posServerAt, TOKEN } from "../helpers/pos-server.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const KEY = "0d5d3f6e-3c0b-4f0f-8a55-0f7f4ad0b1c3";
const ORDER = { posServerId: POS_SERVER_ID, startService: false };

const refusal = (status: string, body: unknown, headers: string[] = []) =>
  httpAnswer(status, typeof body === "string" ? body : JSON.stringify(body), headers);

const ANSWERS: { name: string; answer: string | Buffer; failure: CallFailure }[] = [
  {
    name: "409 with its reason",
    answer: refusal("409 Conflict", { error: "other_order", message: "Ключ занят\r\nдругим заказом" }),
    failure: {
      code: "http_status",
      detail: "HTTP 409: other_order: Ключ занят другим заказом",
      status: 409,
      error: "other_order",
    },
  },
  {
    name: "401",
    answer: refusal("401 Unauthorized", { error: "unauthorized", message: "no token" }),
    failure: {
      code: "unauthorized",
      detail: "HTTP 401: unauthorized: no token",
      status: 401,
      error: "unauthorized",
    },
  },
  {
    name: "a refusal that sends the token back",
    answer: refusal("400 Bad Request", {
      error: TOKEN.replaceAll("-", "_"),
      message: `${"x".repeat(280)}${TOKEN}`,
    }),
    failure: {
      code: "http_status",
      detail: `HTTP 400: ${TOKEN.replaceAll("-", "_")}: ${"x".repeat(261)}`,
      status: 400,
      error: TOKEN.replaceAll("-", "_"),
    },
  },
  {
    name: "a refusal that is no JSON",
    answer: refusal("500 Internal Server Error", "<html>"),
    failure: { code: "http_status", detail: "HTTP 500", status: 500 },
  },
  {
    name: "a refusal with something else for a code",
    answer: refusal("500 Internal Server Error", { error: "<b>", message: "сломалось" }),
    failure: { code: "http_status", detail: "HTTP 500: сломалось", status: 500 },
  },
  {
    name: "a refusal that is too large to be read",
    answer: refusal("500 Internal Server Error", { error: "big", message: "x".repeat(5_000) }),
    failure: { code: "http_status", detail: "HTTP 500", status: 500 },
  },
  {
    name: "503 with Retry-After in seconds",
    answer: refusal("503 Busy", { error: "busy", message: "later" }, ["Retry-After: 7"]),
    failure: {
      code: "http_status",
      detail: "HTTP 503: busy: later",
      status: 503,
      error: "busy",
      retryAfterMs: 7_000,
    },
  },
  {
    name: "503 with Retry-After as a time, of a POS server with a wrong clock",
    answer: refusal("503 Busy", "", [
      "Date: Tue, 01 Jan 2019 10:00:00 GMT",
      "Retry-After: Tue, 01 Jan 2019 10:00:30 GMT",
    ]),
    failure: { code: "http_status", detail: "HTTP 503", status: 503, retryAfterMs: 30_000 },
  },
  {
    name: "503 with Retry-After as a time without a Date",
    answer: refusal("503 Busy", "", ["Retry-After: Tue, 24 Nov 2026 12:00:05 GMT"]),
    failure: { code: "http_status", detail: "HTTP 503", status: 503, retryAfterMs: 5_000 },
  },
  {
    name: "503 that asks to be left alone for years",
    answer: refusal("503 Busy", "", ["Retry-After: 100000000"]),
    failure: { code: "http_status", detail: "HTTP 503", status: 503, retryAfterMs: 3_600_000 },
  },
  {
    name: "503 with a Retry-After that says nothing",
    answer: refusal("503 Busy", "", ["Retry-After: soon"]),
    failure: { code: "http_status", detail: "HTTP 503", status: 503 },
  },
  {
    name: "a redirect, which is not followed",
    answer: refusal("307 Temporary Redirect", "", ["Location: http://127.0.0.1:1/"]),
    failure: { code: "http_status", detail: "HTTP 307", status: 307 },
  },
  {
    name: "204",
    answer: "HTTP/1.1 204 No Content\r\n\r\n",
    failure: { code: "http_status", detail: "HTTP 204", status: 204 },
  },
  {
    name: "a declared body that is too large",
    answer: "HTTP/1.1 202 Accepted\r\nContent-Length: 70000\r\n\r\n",
    failure: { code: "too_large", detail: "body of 70000 bytes" },
  },
  {
    name: "a compressed body",
    answer: httpAnswer("200 OK", gzipSync("{}"), ["Content-Encoding: gzip"]),
    failure: { code: "invalid_json", detail: "compressed without being asked to" },
  },
  {
    name: "an answer of another shape",
    answer: jsonAnswer({ step: "moving_database", movedFiles: "all", service: null }),
    failure: { code: "invalid_report", detail: "/movedFiles must be array" },
  },
];

for (const { name, answer, failure } of ANSWERS) {
  t.test(`${name} is ${failure.code}`, async (t) => {
    const { address, received } = await listenRaw(t, (socket) => socket.end(answer));
    const client = commandClient(t, { now: () => Date.UTC(2026, 10, 24, 12, 0, 0) });
    t.same(failureOfCall(t, await client.beginDatabaseReset(posServerAt(address), KEY, ORDER)), failure);
    t.equal(received.length, 1, "asked once");
  });
}

t.test(
  "a connection that is cut after the order was sent is a lost answer, and nothing is sent again",
  async (t) => {
    const { address, received } = await listenRaw(t, (socket) => socket.resetAndDestroy());
    const outcome = await commandClient(t).beginDatabaseReset(posServerAt(address), KEY, ORDER);
    t.match(failureOfCall(t, outcome), { code: "connect_refused", isAnswerLost: true });
    t.equal(received.length, 1);
  },
);

t.test("an answer that breaks off is a lost answer", async (t) => {
  const { address } = await listenRaw(t, (socket) =>
    socket.end("HTTP/1.1 202 Accepted\r\nContent-Length: 400\r\n\r\n{"),
  );
  const outcome = await commandClient(t).beginDatabaseReset(posServerAt(address), KEY, ORDER);
  t.match(failureOfCall(t, outcome), {
    code: "invalid_json",
    detail: /^answer broke off/,
    isAnswerLost: true,
  });
});

t.test("no answer is a lost answer", async (t) => {
  const { address } = await listenRaw(t, () => undefined);
  const command = { ...PATIENT_COMMAND_LIMITS.command, callTimeoutMs: 1_000 };
  const client = commandClient(t, { commandLimits: { command } });
  const outcome = await client.beginDatabaseReset(posServerAt(address), KEY, ORDER);
  t.match(failureOfCall(t, outcome), { code: "response_timeout", detail: /1000 ms/, isAnswerLost: true });
});

t.test("an order that did not reach the POS server is no lost answer", async (t) => {
  const client = commandClient(t);
  for (const posServer of [
    posServerAt(`http://127.0.0.1:${NOBODYS_PORT}`),
    { ...posServerAt(""), address: null },
  ]) {
    const failure = failureOfCall(t, await client.beginDatabaseReset(posServer, KEY, ORDER));
    t.equal(failure.code, "connect_refused");
    t.equal(failure.isAnswerLost, undefined);
  }
});

t.test("closing the client says nothing about the POS server", async (t) => {
  const { address, received } = await listenRaw(t, () => undefined);
  const client = commandClient(t);
  const call = client.beginDatabaseReset(posServerAt(address), KEY, ORDER);
  const rejection = t.rejects(call, PosClientClosedError);
  await waitFor(() => received.length === 1);
  await client.close();
  await rejection;
  await t.rejects(client.readDatabaseReset(posServerAt(address), KEY), PosClientClosedError);
});

t.test("a changed certificate is refused before anything is sent", async (t) => {
  const server = await listenRaw(t, (socket) => socket.end(jsonAnswer({})), await makeCertificate());
  const { fingerprint } = await makeCertificate();
  const posServer = posServerAt(server.address, { fingerprint });
  const failure = failureOfCall(t, await commandClient(t).beginDatabaseReset(posServer, KEY, ORDER));
  t.equal(failure.code, "certificate_changed");
  t.equal(failure.isAnswerLost, undefined);
  t.equal(server.received.join(""), "");
});
