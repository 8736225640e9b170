import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import t, { type Test } from "tap";
import { type CallLimits, call, type OutgoingCall } from "../../src/monitor/outgoing/call.ts";
import { classOfStatus, type FailureClass, readRetryAfter } from "../../src/monitor/outgoing/failure.ts";
import { type Hide, hideSecrets } from "../../src/monitor/outgoing/hide-secrets.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { listen, untilLeftAlone } from "../helpers/listen.ts";
import { findFreePort } from "../helpers/program.ts";
import { listenTlsFront } from "../helpers/tls-front.ts";

const PATIENT = new AbortController().signal;
const asItIs = (text: string) => text;

interface Asking extends Partial<CallLimits>, Pick<OutgoingCall, "authorities"> {
  hide?: Hide;
}

async function get(url: string, { authorities, hide = asItIs, ...limits }: Asking = {}) {
  return await call({ method: "GET", url, authorities, hide }, PATIENT, limits);
}

async function fails(t: Test, outcome: ReturnType<typeof get>, detail: RegExp): Promise<void> {
  t.match(await outcome, { ok: false, failure: "temporary", detail, retryAfterMs: null });
}

/** Answers as told. */
async function serve(t: Test, answer: RequestListener) {
  const server = createServer(answer);
  return { server, url: `http://127.0.0.1:${await listen(t, server)}/` };
}

async function listenTcp(t: Test, onConnection: (socket: Socket) => void) {
  const server = createTcpServer(onConnection);
  return { server, host: `127.0.0.1:${await listen(t, server)}` };
}

t.test("what is asked comes as it is told, and the answer as it was given", async (t) => {
  const { server, url } = await serve(t, async (request, response) => {
    const { method, headers } = request;
    const body = (await request.toArray()).join("");
    if (request.url === "/old") return response.writeHead(302, { location: "/new" }).end();
    response.writeHead(418, "I am a teapot", { "retry-after": "5" });
    response.end(JSON.stringify([method, request.url, headers["x-who"], body]));
  });
  const asked = { url: `${url}a?b=c`, headers: { "x-who": "me" }, body: "тело", hide: asItIs };
  const answer = { status: 418, statusLine: "418 I am a teapot", isPublic: false, isWhole: true };
  const text = '["PUT","/a?b=c","me","тело"]';
  const whole = { ok: true, ...answer, retryAfterMs: 5_000, text };
  t.strictSame(await call({ method: "PUT", ...asked }, PATIENT), whole);
  t.match(await call({ method: "GET", ...asked }, PATIENT), { text: '["GET","/a?b=c","me",""]' });
  t.match(await get(`${url}old`), { ok: true, status: 302, statusLine: "302 Found" }, "not followed");
  await untilLeftAlone(server);
});

t.test("a host that is not found, where nobody listens or answers, or that breaks off before", async (t) => {
  await fails(t, get("https://nowhere.invalid"), /(ENOTFOUND|EAI_AGAIN).*nowhere\.invalid/);
  const port = await findFreePort();
  for (const host of ["127.0.0.1", "localhost"])
    await fails(t, get(`http://${host}:${port}`), /ECONNREFUSED .*:\d/);
  for (const url of ["http://", "nonsense", "ftp://127.0.0.1/"]) await fails(t, get(url), /Invalid URL/);

  const { server, url } = await serve(t, (request, response) => {
    if (request.url === "/close") response.destroy();
    if (request.url === "/long") response.writeHead(200, { "x-long": "x".repeat(20_000) }).end();
  });
  await fails(t, get(`${url}hang`, { callTimeoutMs: 300 }), /^no answer within 300 ms$/);
  await fails(t, get(`${url}close`), /UND_ERR_SOCKET: .*closed/);
  await fails(t, get(`${url}long`), /HEADERS_OVERFLOW/);
  await untilLeftAlone(server);
  const speaking = await listenTcp(t, (socket) => socket.once("data", () => socket.end("hello\r\n\r\n")));
  await fails(t, get(`http://${speaking.host}/`), /does not match the HTTP/);
  const slow = await listenTcp(t, (socket) => void socket.write("HTTP/1.1 200 OK\r\nx-"));
  await fails(t, get(`http://${slow.host}/`, { callTimeoutMs: 300 }), /^no answer within 300 ms$/);
});

t.test("of a body that breaks off, never ends or is too long there is what came", async (t) => {
  const { server, url } = await serve(t, (request, response) => {
    response.writeHead(200, { "content-length": 500 });
    if (request.url === "/break") response.write("abc", () => response.destroy());
    if (request.url === "/hang") response.write("abc");
    if (request.url === "/long") response.end("я".repeat(250));
  });
  const part = { ok: true, status: 200, isWhole: false } as const;
  t.match(await get(`${url}break`), { ...part, text: "abc" });
  t.match(await get(`${url}hang`, { callTimeoutMs: 300 }), { ...part, text: "abc" });
  t.match(await get(`${url}long`, { maxAnswerBytes: 6 }), { ...part, text: "яяя" });
  t.match(await get(`${url}long`, { maxAnswerBytes: 500 }), { isWhole: true, text: "я".repeat(250) });
  await untilLeftAlone(server);
});

t.test("a certificate that nobody vouches for, or of another name, is refused", async (t) => {
  const { server, url: plain } = await serve(t, (_request, response) => response.end("here"));
  const port = Number(new URL(plain).port);
  const certificate = await makeCertificate();
  const url = `https://localhost:${await listenTlsFront(t, certificate, port)}`;
  await fails(t, get(url), /self-signed/);
  t.match(await get(url, { authorities: certificate.cert }), { ok: true, text: "here" });
  const other = await makeCertificate("other-side.example");
  await fails(t, get(url, { authorities: other.cert }), /self-signed/);
  await fails(t, get(url, { authorities: "none" }), /self-signed/);
  const otherUrl = `https://localhost:${await listenTlsFront(t, other, port)}`;
  const misnamed = { authorities: other.cert, hide: hideSecrets(["other-side"]) };
  await fails(t, get(otherUrl, misnamed), /ERR_TLS_CERT_ALTNAME_INVALID.*altnames: DNS:…\.example/);
  await untilLeftAlone(server);
});

t.test("TLS where there is none, or that breaks off", async (t) => {
  const { server, url } = await serve(t, (_request, response) => response.end("here"));
  await fails(t, get(url.replace("http:", "https:")), /ERR_SSL.*wrong version/i);
  await untilLeftAlone(server);
  const cutting = await listenTcp(t, (socket) => void socket.once("data", () => socket.resetAndDestroy()));
  await fails(t, get(`https://${cutting.host}`), /ECONNRESET/);
  const silent = await listenTcp(t, (socket) => void socket.resume());
  await fails(t, get(`https://${silent.host}`, { connectTimeoutMs: 300 }), /timeout: 300ms/);
  const patient = { connectTimeoutMs: 600_000, callTimeoutMs: 300 };
  await fails(t, get(`https://${silent.host}`, patient), /^no answer within 300 ms$/);
  await untilLeftAlone(silent.server);
});

t.test("it rejects with the reason when it is stopped, and leaves nothing open", async (t) => {
  const { server, url } = await serve(t, (request, response) => {
    if (request.url === "/body") response.writeHead(200).write("abc");
    setImmediate(() => stopping.abort(new Error("the monitor stops")));
  });
  let stopping = new AbortController();
  for (const path of ["hang", "body"]) {
    stopping = new AbortController();
    const ask = (url: string) => call({ method: "GET", url, hide: asItIs }, stopping.signal);
    await t.rejects(ask(url + path), { message: "the monitor stops" });
    await t.rejects(ask(url), { message: "the monitor stops" });
  }
  await untilLeftAlone(server);
});

t.test("who can mend an answer that is no success is told by its status", async (t) => {
  const classes: Record<FailureClass, number[]> = {
    credentials: [401, 403, 407],
    recipient: [302, 400, 404, 405, 409, 410, 413, 422],
    wait: [429],
    temporary: [408, 500, 502, 503, 504],
  };
  for (const [failure, statuses] of Object.entries(classes))
    for (const status of statuses) t.equal(classOfStatus(status, false), failure, String(status));
  t.equal(classOfStatus(503, true), "wait");
  t.equal(classOfStatus(502, true), "temporary");
});

const NOW = Date.parse("2026-11-25T20:00:00Z");
const LATER = "Wed, 25 Nov 2026 20:02:00 GMT";

const READ: [retryAfter: string | string[] | undefined, date: string | undefined, ms: number | null][] = [
  ["90", undefined, 90_000],
  ["0", undefined, 0],
  ["86400", undefined, 3_600_000],
  ["999999999", undefined, 3_600_000],
  [LATER, undefined, 120_000],
  [LATER, "Wed, 25 Nov 2026 20:01:50 GMT", 10_000],
  [LATER, "yesterday", 120_000],
  [LATER, "Wed, 25 Nov 2026 20:03:00 GMT", 0],
  ["Thu, 26 Nov 2026 20:00:00 GMT", undefined, 3_600_000],
  ["soon", undefined, null],
  ["9".repeat(20), undefined, null],
  ["", undefined, null],
  [["5", "6"], undefined, null],
  [undefined, undefined, null],
];

t.test("how long to wait is read in seconds or as a date, by the clock of who says it", async (t) => {
  for (const [retryAfter, date, ms] of READ)
    t.equal(readRetryAfter({ "retry-after": retryAfter, date }, NOW), ms, `«${retryAfter}» at ${date}`);
});
