import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import t from "tap";
import type { FailureCode } from "../../src/monitor/pos-client/calls/failure.ts";
import { httpAnswer, jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { isFailure, poll } from "../helpers/poll-outcomes.ts";
import { exampleReport, posServerAt, TOKEN } from "../helpers/pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

const HEAD = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

const WRONG_SYNC = { lastAttemptAt: null, lastSuccessAt: null, error: "no" };

const ANSWERS: [name: string, answer: string | Buffer, code: FailureCode, detail: RegExp][] = [
  ["401", httpAnswer("401 Unauthorized"), "unauthorized", /^HTTP 401$/],
  ["403", httpAnswer("403 Forbidden"), "unauthorized", /^HTTP 403$/],
  ["503", httpAnswer("503 Unavailable", "later"), "http_status", /^HTTP 503$/],
  ["204", "HTTP/1.1 204 No Content\r\n\r\n", "http_status", /^HTTP 204$/],
  [
    "a redirect",
    httpAnswer("302 Found", "", ["Location: http://169.254.169.254/"]),
    "http_status",
    /^HTTP 302$/,
  ],
  ["a declared body that is too large", `${HEAD}Content-Length: 65537\r\n\r\n`, "too_large", /65537/],
  [
    "a chunked body that is too large",
    `${CHUNKED}${"4000\r\n".concat("x".repeat(0x4000), "\r\n").repeat(5)}`,
    "too_large",
    /65536/,
  ],
  ["headers that are too large", `${HEAD}X-Filler: ${"x".repeat(20_000)}\r\n\r\n`, "too_large", /headers/],
  [
    "a compressed body",
    httpAnswer("200 OK", gzipSync(JSON.stringify(exampleReport())), ["Content-Encoding: gzip"]),
    "invalid_json",
    /compressed/,
  ],
  ["no JSON", httpAnswer("200 OK", "<html>"), "invalid_json", /^not JSON$/],
  ["an empty body", httpAnswer("200 OK"), "invalid_json", /^empty body$/],
  [
    "bytes that are not UTF-8",
    httpAnswer("200 OK", Buffer.from([0x22, 0xcf, 0xee, 0xd1, 0x22])),
    "invalid_json",
    /^not UTF-8$/,
  ],
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "invalid_json", /does not match the HTTP\/1.1 protocol/],
  [
    "a body that breaks off",
    `${HEAD}Content-Length: 400\r\n\r\n{"protocol":1`,
    "invalid_json",
    /^answer broke off/,
  ],
  [
    "another protocol",
    jsonAnswer({ protocol: 2, anything: true }),
    "unsupported_protocol",
    /^protocol 2 instead of 1$/,
  ],
  [
    "a report with a wrong type",
    jsonAnswer({ ...exampleReport(), sync: WRONG_SYNC }),
    "invalid_report",
    /^\/sync/,
  ],
  ["JSON that is no object", jsonAnswer(null), "invalid_report", /object/],
  [
    "another identity",
    jsonAnswer(exampleReport({ posServerId: "somebody-else" })),
    "wrong_pos_server",
    /^posServerId somebody-else$/,
  ],
  [
    "the token as its identity",
    jsonAnswer(exampleReport({ posServerId: TOKEN })),
    "wrong_pos_server",
    /^posServerId …$/,
  ],
  ["another organization", jsonAnswer(exampleReport({ crmId: "9\r\n9" })), "wrong_crm_id", /^crmId 9 9$/],
];

for (const [name, answer, code, detail] of ANSWERS) {
  t.test(`${name} is ${code}`, async (t) => {
    const { address } = await listenRaw(t, (socket) => socket.end(answer));
    isFailure(t, await poll(t, posServerAt(address)), code, detail);
  });
}

t.test("no answer, interim ones without end, and a body that trickles are response_timeout", async (t) => {
  const writing = (head: string, again: string) => (socket: Socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(again), 20);
    socket.on("close", () => clearInterval(timer));
  };
  const late = /^no answer within 200 ms$/;
  for (const [respond, limits, detail] of [
    [() => undefined, { headersTimeoutMs: 200 }, late],
    [writing("", "HTTP/1.1 102 Processing\r\n\r\n"), { headersTimeoutMs: 200 }, late],
    [
      writing(`${HEAD}Content-Length: 60000\r\n\r\n`, "x"),
      { callTimeoutMs: 1_000 },
      /^answer not complete within 1000 ms$/,
    ],
  ] as const) {
    const { address } = await listenRaw(t, respond);
    isFailure(t, await poll(t, posServerAt(address), { limits }), "response_timeout", detail);
  }
});

t.test("an endless body is too_large, and the connection is closed", async (t) => {
  let isClosed = false;
  const { address } = await listenRaw(t, (socket) => {
    const write = () => {
      while (!socket.destroyed && socket.write(`1000\r\n${"x".repeat(0x1000)}\r\n`));
    };
    socket.on("drain", write);
    socket.on("close", () => {
      isClosed = true;
    });
    socket.write(CHUNKED);
    write();
  });
  isFailure(t, await poll(t, posServerAt(address)), "too_large", /65536/);
  await waitFor(() => isClosed);
});

t.test("a version that is none is no report", async (t) => {
  for (const version of ["<img src=x>", "34\u0000", "34\n2", "34\u202e", "&lt;", '"34"', "3".repeat(65)]) {
    const { address } = await listenRaw(t, (socket) => socket.end(jsonAnswer(exampleReport({ version }))));
    t.match(await poll(t, posServerAt(address)), { failure: { code: "invalid_report" } }, version);
  }
});

t.test("a report is read however deep what nobody asked for lies in it", async (t) => {
  const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
  const body = JSON.stringify(exampleReport()).replace(/}$/, `,"more":${deep}}`);
  const { address } = await listenRaw(t, (socket) => socket.end(httpAnswer("200 OK", body)));
  t.match(await poll(t, posServerAt(address)), { ok: true, report: exampleReport() });
});

t.test("what cannot be seen in the texts of a report is made visible", async (t) => {
  const message = "a\u0000b\u001b[31mc\u202ed";
  const sync = { lastAttemptAt: null, lastSuccessAt: null, error: { at: null, message } };
  const report = exampleReport({ sync });
  const { address } = await listenRaw(t, (socket) => socket.end(jsonAnswer(report)));
  t.match(await poll(t, posServerAt(address)), {
    ok: true,
    report: { ...report, sync: { error: { message: "a␀b␛[31mc⟨U+202E⟩d" } } },
  });
});
