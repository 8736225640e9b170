import { createServer } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import t, { type Test } from "tap";
import { type CallLimits, call } from "../../src/monitor/outgoing/call.ts";
import { hideSecrets, secretsOfProxy } from "../../src/monitor/outgoing/hide-secrets.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { listenProxy } from "../helpers/http-proxy.ts";
import { listen, untilLeftAlone } from "../helpers/listen.ts";
import { findFreePort } from "../helpers/program.ts";
import { listenSocks5 } from "../helpers/socks5-proxy.ts";
import { listenTlsFront } from "../helpers/tls-front.ts";

/** As it is, and as it stands in an address. */
const LOGIN = "poswatch:s3cret/of:the proxy";
const WRITTEN_LOGIN = "poswatch:s3cret%2Fof%3Athe%20proxy";
/** As it is, and in base64 behind the login. */
const PASSWORD = /s3cret|czNjcmV0/;
const PATIENT = new AbortController().signal;

interface Way extends Partial<CallLimits> {
  url: string;
  proxy: string;
  authorities?: string;
}

async function callBy({ url, proxy, authorities, ...limits }: Way) {
  const hide = hideSecrets(secretsOfProxy(proxy));
  return await call({ method: "GET", url, proxy, authorities, hide }, PATIENT, limits);
}

async function fails(t: Test, way: Way, detail: RegExp): Promise<void> {
  const outcome = await callBy(way);
  t.match(outcome, { ok: false, failure: "temporary", detail, retryAfterMs: null }, way.proxy);
  t.notMatch(JSON.stringify(outcome), PASSWORD);
}

/** A server with and without TLS, and proxies of both kinds that ask for a login. */
async function startAll(t: Test) {
  const server = createServer((request, response) => {
    if (request.url !== "/hang") response.end("here");
  });
  server.keepAliveTimeout = 600_000; // so that nothing is closed by chance
  const port = await listen(t, server);
  const certificate = await makeCertificate();
  const tlsPort = await listenTlsFront(t, certificate, port);
  const http = await listenProxy(t, LOGIN);
  const socks = await listenSocks5(t, LOGIN);
  const servers = { server, port, tlsPort, certificate, http, socks };
  return {
    ...servers,
    authorities: certificate.cert,
    url: `http://localhost:${port}/`,
    secureUrl: `https://localhost:${tlsPort}/`,
    byHttp: `http://${WRITTEN_LOGIN}@127.0.0.1:${http.port}`,
    bySocks: `socks5://${WRITTEN_LOGIN}@127.0.0.1:${socks.port}`,
  };
}

async function listenTcp(t: Test, serve: (socket: Socket) => void) {
  const server = createTcpServer(serve);
  return { server, port: await listen(t, server) };
}

t.test("a proxy with a login leads there, with TLS and without, and finds the name itself", async (t) => {
  const { server, port, tlsPort, authorities, http, socks, url, secureUrl, byHttp, bySocks } =
    await startAll(t);
  for (const [proxy, { asked }] of [
    [byHttp, http],
    [bySocks, socks],
  ] as const) {
    t.match(await callBy({ url, proxy }), { ok: true, status: 200, text: "here", isPublic: false });
    t.match(await callBy({ url: secureUrl, proxy, authorities }), { ok: true, text: "here" });
    t.same(asked, [`localhost:${port}`, `localhost:${tlsPort}`]);
    await fails(t, { url: secureUrl, proxy }, /self-signed/);
    await fails(t, { url: `${url}hang`, proxy, callTimeoutMs: 500 }, /^no answer within 500 ms$/);
  }
  await untilLeftAlone(server, http.server, socks.server);
});

t.test("a proxy is spoken to with TLS when its address says so", async (t) => {
  const { certificate, authorities, http, url, secureUrl } = await startAll(t);
  const secure = await listenTlsFront(t, certificate, http.port);
  const proxy = `https://${WRITTEN_LOGIN}@localhost:${secure}`;
  t.match(await callBy({ url, proxy, authorities }), { ok: true });
  t.match(await callBy({ url: secureUrl, proxy, authorities }), { ok: true });
  await fails(t, { url, proxy }, /^the proxy cannot be reached: .*self-signed/);
  await untilLeftAlone(http.server);
});

t.test("a proxy that does not let in is told from one that finds nobody", async (t) => {
  const { http, socks, url, byHttp, bySocks } = await startAll(t);
  await fails(t, { url, proxy: `http://poswatch:s3cret@127.0.0.1:${http.port}` }, /Proxy response \(407\)/);
  await fails(t, { url, proxy: `http://127.0.0.1:${http.port}` }, /Proxy response \(407\)/);
  await fails(t, { url, proxy: `socks5://poswatch:s3cret@127.0.0.1:${socks.port}` }, /SOCKS5.*Auth/);
  await fails(t, { url, proxy: `socks5://127.0.0.1:${socks.port}` }, /SOCKS5.*No acceptable auth/);
  const nothing = `http://localhost:${await findFreePort()}/`;
  await fails(t, { url: nothing, proxy: byHttp }, /Proxy response \(502\)/);
  await fails(t, { url: nothing, proxy: bySocks }, /SOCKS5.*refused/);
  await untilLeftAlone(http.server, socks.server);
});

t.test("a proxy that is none, is silent or closes is named as what does not work", async (t) => {
  const url = "http://localhost:1/";
  const silent = await listenTcp(t, (socket) => socket.resume());
  const closing = await listenTcp(t, (socket) => socket.destroy());
  const speaking = await listenTcp(t, (socket) => socket.once("data", () => socket.end("hello\r\n\r\n")));
  const nobody = await findFreePort();
  const unreached = "^the proxy cannot be reached: .*";
  const details: [scheme: string, silent: RegExp, closing: RegExp, speaking: RegExp][] = [
    ["http", /^the proxy does not answer$/, /Proxy Connection failed/, /does not match the HTTP/],
    ["https", /^the proxy .*: 300ms/, /^the proxy .*disconnected/, /^the proxy .*wrong version/],
    ["socks5", /TIMEOUT.*127\.0\.0\.1:\d+, timeout: 300ms/, /127\.0\.0\.1:\d+/, /SOCKS version/],
  ];
  for (const [scheme, whenSilent, whenClosing, whenSpeaking] of details) {
    const proxyAt = (host: string) => `${scheme}://${WRITTEN_LOGIN}@${host}`;
    const way = (host: string) => ({ url, proxy: proxyAt(host), connectTimeoutMs: 300 });
    await fails(t, way(`127.0.0.1:${nobody}`), new RegExp(`${unreached}ECONNREFUSED`));
    await fails(t, way("proxy.invalid:1"), new RegExp(`${unreached}proxy.invalid`));
    await fails(t, way(`127.0.0.1:${silent.port}`), whenSilent);
    const patient = { ...way(`127.0.0.1:${silent.port}`), connectTimeoutMs: 600_000, callTimeoutMs: 300 };
    await fails(t, patient, /^no answer within 300 ms$/);
    await fails(t, way(`127.0.0.1:${closing.port}`), whenClosing);
    await fails(t, way(`127.0.0.1:${speaking.port}`), whenSpeaking);
  }
  await untilLeftAlone(silent.server, closing.server, speaking.server);
});

t.test("what must not be called is refused before", async (t) => {
  const url = "https://other-side.invalid";
  for (const proxy of ["http://169.254.169.254", "socks5://169.254.169.254:1080", "https://[fe80::1]:3128"])
    await fails(t, { url, proxy }, /is not allowed/);
  const inner = { url: "http://169.254.169.254/", proxy: "http://127.0.0.1:1" };
  await fails(t, inner, /^address .* is not allowed/);
});
