import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Socket } from "node:net";
import Fastify from "fastify";
import t, { type Test } from "tap";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { checkDialOut } from "../../src/agent/command-line/check.ts";
import { createAnswering } from "../../src/agent/dial-out/answering.ts";
import { nextDelayMs } from "../../src/agent/dial-out/back-off.ts";
import { createDialOut } from "../../src/agent/dial-out/dial-out.ts";
import { type DialOutTarget, openWebSocket } from "../../src/agent/dial-out/open-socket.ts";
import { chooseProxy } from "../../src/agent/dial-out/proxy.ts";
import { publicKeyPin } from "../../src/protocol/certificates.ts";
import { CLOSE_CODES, SUBPROTOCOL } from "../../src/protocol/dial-out.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { listenProxy } from "../helpers/http-proxy.ts";
import { listen } from "../helpers/listen.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";
import { startSecureMonitor } from "../helpers/secure-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

const IDENTITY = { posServerId: POS_SERVER_ID, token: TOKEN, instance: "one" };
const OTHER_PIN = `sha256:${"0".repeat(64)}`;
const never = new AbortController().signal;

const targetOf = ({ pins = [], ...target }: Partial<DialOutTarget>): DialOutTarget => ({
  monitor: "",
  pins,
  trustsAuthorities: pins.length === 0,
  proxy: "none",
  ...target,
});
const dial = (target: Partial<DialOutTarget>) => openWebSocket(targetOf(target), IDENTITY, never);

/** A server of TLS that refuses everybody, and what it was asked. */
async function listenRefusing(t: Test, status = 401, headers: Record<string, string> = {}) {
  const { cert, key } = await makeCertificate();
  const asked: IncomingMessage[] = [];
  const server = createSecureServer({ cert, key });
  server.on("upgrade", (request, socket) => {
    asked.push(request);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} No\r\n${lines.join("")}content-length: 0\r\nconnection: close\r\n\r\n`);
  });
  const port = await listen(t, server);
  return { port, asked, pin: publicKeyPin(new X509Certificate(cert)) };
}

t.test("dials out over TLS to the key that is pinned, by way of a proxy with a login", async (t) => {
  const { monitor, client, url, pin } = await startSecureMonitor(t);
  const proxy = await listenProxy(t, "кассир:p@ss word");
  const address = `http://${encodeURIComponent("кассир")}:${encodeURIComponent("p@ss word")}@127.0.0.1:${proxy.port}`;
  const agent = await makeDiallingAgent(t, monitor, { monitor: url, pins: [OTHER_PIN, pin], proxy: address });
  await agent.start();
  await waitFor(() => client.agents.find(agent.id) !== null);
  t.match(await monitor.app.pollNow(agent.id), { ok: true });
  t.same(proxy.asked, [new URL(url).host]);
});

t.test("takes a login and a password of a proxy as they are meant, encoded or not", async (t) => {
  const { port, pin } = await listenRefusing(t);
  for (const [login, written] of [
    ["50%:100%", "50%:100%"],
    ["касса:5%ё", "касса:5%ё"],
    ["a:p%ss", "a:p%ss"],
    ["a:p%ss", "a:p%25ss"],
    ["a:%EF%E0", "a:%EF%E0"],
    ["a:p@ss word", "a:p%40ss%20word"],
  ] as const) {
    const proxy = await listenProxy(t, login);
    const target = { monitor: `https://127.0.0.1:${port}`, pins: [pin] };
    await t.rejects(dial({ ...target, proxy: `http://${written}@127.0.0.1:${proxy.port}` }), {
      message: "the monitor knows no such POS server or token: HTTP 401",
    });
  }
});

t.test("tells its token to nobody whose key is another one, or whom no authority vouches for", async (t) => {
  const { port, asked, pin } = await listenRefusing(t);
  const monitor = `https://localhost:${port}`;
  await t.rejects(dial({ monitor, pins: [OTHER_PIN] }), {
    name: "DialOutError",
    message: `the monitor has another key than the pinned one: ${pin}`,
  });
  await t.rejects(dial({ monitor }), { failure: "not_vouched_for", message: /SELF_SIGNED/ });
  t.same(asked, []);

  await t.rejects(dial({ monitor, pins: [pin] }), {
    message: /^the monitor knows no such POS server/,
    failure: "unknown_here",
  });
  t.match(asked[0]?.headers, { authorization: `Bearer ${TOKEN}`, "x-pos-server-id": POS_SERVER_ID });
});

t.test("names what keeps it from the monitor", async (t) => {
  const { port: nobodys } = await listenRefusing(t);
  const busy = await listenRefusing(t, 503, { "retry-after": "120" });
  const monitor = `https://127.0.0.1:${busy.port}`;
  await t.rejects(dial({ monitor, pins: [busy.pin] }), {
    message: "the monitor refuses: HTTP 503",
    retryAfterMs: 120_000,
  });
  await t.rejects(dial({ monitor: "https://poswatch.invalid" }), { message: /poswatch\.invalid/ });
  const proxy = await listenProxy(t, "login:right");
  const wrong = `http://login:wrong-password@127.0.0.1:${proxy.port}`;
  const refusal = `^the proxy 127\\.0\\.0\\.1:${proxy.port} does not let through: HTTP 407$`;
  await t.rejects(dial({ monitor, proxy: wrong }), { message: new RegExp(refusal) });
  await t.rejects(dial({ monitor, proxy: `http://127.0.0.1:${NOBODYS_PORT}` }), {
    message: /^the proxy/,
    failure: "proxy_failed",
    detail: /ECONNREFUSED/,
  });
  await t.rejects(dial({ monitor: `http://127.0.0.1:${nobodys}` }), { name: "DialOutError" });
});

t.test("logs once why the monitor is not reached, without its token, and ends while it tries", async (t) => {
  const { port, asked, pin } = await listenRefusing(t, 401);
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const monitor = await startMonitor(t);
  const agent = await makeDiallingAgent(t, monitor, { monitor: `https://127.0.0.1:${port}`, pins: [pin] });
  await agent.start(Fastify({ logger: { level: "debug", stream } }).log);
  await waitFor(() => asked.length >= 2);
  await waitFor(() => lines.some((line) => line.includes("is not reached")));
  t.equal(lines.filter((line) => line.includes("is not reached")).length, 1);
  const token = /^Bearer (.+)$/.exec(asked[0]?.headers.authorization ?? "")?.[1] ?? "?";
  t.notOk(lines.some((line) => line.includes(token)));

  const hanging = createServer();
  const sockets: Socket[] = [];
  hanging.on("upgrade", (_request, socket: Socket) => void sockets.push(socket));
  const dialOut = { monitor: `http://127.0.0.1:${await listen(t, hanging)}` };
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  const other = await (await makeDiallingAgent(t, monitor, dialOut)).start();
  await waitFor(() => sockets.length === 1);
  await other.close(); // it ends while it tries
});

t.test("comes back by chance, later with each failure, never sooner than asked", async (t) => {
  const attempt = { failures: 0, closeCode: null, retryAfterMs: null };
  const range = (last: Partial<Parameters<typeof nextDelayMs>[0]>) =>
    [0, 1].map((chance) => nextDelayMs({ ...attempt, ...last }, () => chance));
  t.same(range({}), [1_000, 5_000]);
  t.same(range({ failures: 1 }), [1_000, 10_000]);
  t.same(range({ failures: 50 }), [1_000, 60_000]);
  t.same(range({ closeCode: CLOSE_CODES.restarting }), [1_000, 60_000]);
  t.same(range({ closeCode: CLOSE_CODES.replaced }), [1_000, 60_000]);
  t.same(range({ closeCode: CLOSE_CODES.changed }), [1_000, 5_000], "soon, and not a whole fleet at once");
  t.same(range({ closeCode: CLOSE_CODES.changed, failures: 3 }), [1_000, 40_000]);
  t.same(range({ retryAfterMs: 120_000 }), [120_000, 121_000]);
  t.same(range({ retryAfterMs: 10 ** 12 }), [3_600_000, 3_601_000]);
});

/** What agents dial out to, and what it does with each. @returns its address. */
async function listenWebSockets(t: Test, serve: (socket: WebSocket) => void, options: ServerOptions = {}) {
  const server = createServer();
  const webSockets = new WebSocketServer({ ...options, server, handleProtocols: () => SUBPROTOCOL });
  webSockets.on("connection", serve);
  return `http://127.0.0.1:${await listen(t, server)}`;
}

t.test("misses nothing that the monitor says at once", async (t) => {
  const monitor = await listenWebSockets(t, (socket) => socket.send("at once"));
  const { socket } = await dial({ monitor });
  t.teardown(() => socket.terminate());
  const another = await dial({ monitor }); // by then the first has been told
  t.teardown(() => another.socket.terminate());
  const said = once(socket, "message", { signal: AbortSignal.timeout(10_000) });
  socket.resume();
  t.equal(String((await said)[0]), "at once");
});

t.test("ends a connection at whose other end nobody answers, and no other", async (t) => {
  const answering = createAnswering(() => undefined, 1_000);
  let pings = 0;
  const ended: string[] = [];
  for (const [name, autoPong] of [
    ["dead", false],
    ["alive", true],
  ] as const) {
    const countPings = (socket: WebSocket) => autoPong && socket.on("ping", () => ++pings);
    const monitor = await listenWebSockets(t, countPings, { autoPong });
    const { socket, pin } = await dial({ monitor });
    t.teardown(() => socket.terminate());
    void answering.serve(socket, { monitor, pin }, never).then(() => ended.push(name));
  }
  await waitFor(() => ended.length > 0 && pings >= 3);
  t.same(ended, ["dead"]);
});

t.test("waits longer each time that the monitor sends it away at once, even to come back", async (t) => {
  const cameAt: number[] = [];
  const monitor = await listenWebSockets(t, (socket) => {
    cameAt.push(performance.now());
    socket.close(CLOSE_CODES.changed);
  });
  const dialOut = createDialOut({
    readTarget: async () => targetOf({ monitor }),
    identity: IDENTITY,
    answer: () => undefined,
    log: Fastify().log,
    random: () => 0.1,
  });
  t.teardown(() => dialOut.close());
  await waitFor(() => cameAt.length === 3);
  const [first = 0, second = 0, third = 0] = cameAt;
  const EARLY_TIMER_MS = 5;
  t.ok(second - first >= 1_900 - EARLY_TIMER_MS, `${second - first} ms after the first time`);
  t.ok(third - second >= 2_900 - EARLY_TIMER_MS, `${third - second} ms after the second time`);
});

t.test("takes the proxy of its configuration, else of the environment, else of the system", async (t) => {
  const monitor = new URL("https://poswatch.chain.example");
  const chosen = async (
    configured: string | null,
    environment: Record<string, string>,
    systemProxy: () => Promise<string> = async () => "",
  ) => (await chooseProxy(monitor, configured, { environment, systemProxy }))?.href ?? null;
  t.equal(await chosen(null, {}), null);
  t.equal(await chosen(null, { HTTPS_PROXY: "http://p:3128" }), "http://p:3128/");
  t.equal(await chosen(null, { https_proxy: "p:3128" }), "http://p:3128/");
  t.equal(await chosen("none", { HTTPS_PROXY: "http://p:3128" }), null);
  t.equal(await chosen("http://q:1", { HTTPS_PROXY: "http://p:3128" }), "http://q:1/");
  const exempt = ["*", "chain.example", ".chain.example", "*.chain.example", "a, poswatch.chain.example"];
  for (const NO_PROXY of exempt)
    t.equal(await chosen(null, { HTTPS_PROXY: "http://p:3128", NO_PROXY }), null, NO_PROXY);
  for (const NO_PROXY of ["", "example.org", "chain", "watch.chain.example"])
    t.equal(await chosen(null, { HTTPS_PROXY: "http://p:3128", NO_PROXY }), "http://p:3128/", NO_PROXY);
  for (const HTTPS_PROXY of [
    "http://",
    "socks5://login:secret@p:1080",
    "login:secret@p:port",
    "login:1234/5@p",
    "login:1?2@p",
  ]) {
    const refused = { message: /^[^:]*: HTTPS_PROXY$/, failure: "proxy_unusable" };
    await t.rejects(chosen(null, { HTTPS_PROXY }), refused);
  }

  const system = async () => "s:8080";
  t.equal(await chosen(null, {}, system), "http://s:8080/");
  t.equal(await chosen(null, { HTTPS_PROXY: "http://p:3128" }, system), "http://p:3128/");
  t.equal(await chosen(null, { NO_PROXY: "chain.example" }, system), null);
  t.equal(await chosen("none", {}, system), null);
  const unusable = chosen(null, {}, async () => "s:port");
  await t.rejects(unusable, { message: /^[^:]*: winhttp$/, failure: "proxy_unusable" });
  const silent = () => Promise.reject(new Error("did not finish within 8000 ms"));
  t.equal(await chosen(null, {}, silent), null, "where Windows does not tell, there is none");
});

t.test("--check says whether the monitor is reached, without telling it who this is", async (t) => {
  const { port, asked, pin } = await listenRefusing(t);
  const monitor = `https://127.0.0.1:${port}`;
  const check = async (target: Partial<DialOutTarget>) =>
    await checkDialOut(targetOf({ monitor, pins: [pin], ...target }));
  t.same(await check({}), [{ level: "fine", text: `${monitor} отвечает, и это тот самый Poswatch` }]);
  const others = await check({ pins: [OTHER_PIN] });
  t.match(others, [{ level: "warning", text: /не удалось. У сервера другой ключ \(sha256:/ }]);
  const nobody = await check({ monitor: `https://127.0.0.1:${NOBODYS_PORT}` });
  t.match(nobody, [{ level: "warning", text: /в соединении отказано \(connect ECONNREFUSED/ }]);
  const byProxy = await check({ proxy: `http://a:secret-of-proxy@127.0.0.1:${NOBODYS_PORT}` });
  t.match(byProxy, [{ level: "warning", text: /Прокси не пропускает: (?!.*secret)/ }]);
  t.same(asked, []);
});
