import { createServer } from "node:net";
import t, { type Test } from "tap";
import type { BotLimits } from "../../../src/monitor/notifications/channels/bots/limits.ts";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/channel.ts";
import { createTelegramSend } from "../../../src/monitor/notifications/channels/telegram/send-telegram.ts";
import { hang } from "../../helpers/bot-faults.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { listenProxy } from "../../helpers/http-proxy.ts";
import { listen } from "../../helpers/listen.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { findFreePort } from "../../helpers/program.ts";
import { listenSocks5 } from "../../helpers/socks5-proxy.ts";
import { GROUP_ID, startTelegram, TOKEN } from "../../helpers/telegram.ts";
import { listenTlsFront } from "../../helpers/tls-front.ts";

/** As it is, and as it stands in an address. */
const LOGIN = "poswatch:s3cret/of:the proxy";
const WRITTEN_LOGIN = "poswatch:s3cret%2Fof%3Athe%20proxy";
const PASSWORDS = /s3cret|c2VjcmV0|czNjcmV0/;

interface Way {
  baseUrl: string;
  proxy: string;
  limits?: Partial<BotLimits>;
}

async function sendBy({ baseUrl, proxy, limits = {} }: Way): Promise<SendOutcome> {
  const channel = {
    server: { baseUrl },
    secrets: { token: TOKEN, proxy },
    target: { chatId: String(GROUP_ID), topicId: null },
  };
  return await createTelegramSend(channel, limits)(outgoingMessage(), AbortSignal.timeout(120_000));
}

async function fails(t: Test, way: Way, detail: RegExp, failure = "proxy"): Promise<void> {
  const outcome = await sendBy(way);
  t.match(outcome, { ok: false, failure, detail, retryAfterMs: null, isOfMessage: false }, way.proxy);
  t.notMatch(JSON.stringify(outcome), PASSWORDS);
  t.notMatch(JSON.stringify(outcome), TOKEN);
}

/** A simulated Telegram with and without TLS. */
async function startBoth(t: Test) {
  const telegram = await startTelegram(t);
  const port = Number(new URL(telegram.url).port);
  const certificate = await makeCertificate();
  const tlsPort = await listenTlsFront(t, certificate, port);
  return { telegram, port, tlsPort, certificate, authorities: certificate.cert };
}

t.test("an HTTP proxy with a login leads to it, with TLS and without", async (t) => {
  const { port, tlsPort, certificate, authorities } = await startBoth(t);
  const proxy = await listenProxy(t, LOGIN);
  const uri = `http://${WRITTEN_LOGIN}@127.0.0.1:${proxy.port}`;
  const limits = { authorities };
  t.match(await sendBy({ baseUrl: `http://localhost:${port}`, proxy: uri }), { ok: true });
  t.match(await sendBy({ baseUrl: `https://localhost:${tlsPort}`, proxy: uri, limits }), { ok: true });
  t.same(proxy.asked, [`localhost:${port}`, `localhost:${tlsPort}`]);
  await fails(t, { baseUrl: `https://localhost:${tlsPort}`, proxy: uri }, /self-signed/, "certificate");

  const secure = await listenTlsFront(t, certificate, proxy.port);
  const secureUri = `https://${WRITTEN_LOGIN}@localhost:${secure}`;
  t.match(await sendBy({ baseUrl: `https://localhost:${tlsPort}`, proxy: secureUri, limits }), { ok: true });
  await fails(t, { baseUrl: `http://localhost:${port}`, proxy: secureUri }, /self-signed/);
});

t.test(
  "a SOCKS5 proxy with a login leads to it, with TLS and without, and finds the name itself",
  async (t) => {
    const { port, tlsPort, authorities } = await startBoth(t);
    const proxy = await listenSocks5(t, LOGIN);
    const uri = `socks5://${WRITTEN_LOGIN}@127.0.0.1:${proxy.port}`;
    const limits = { authorities };
    t.match(await sendBy({ baseUrl: `http://localhost:${port}`, proxy: uri }), { ok: true });
    t.match(await sendBy({ baseUrl: `https://localhost:${tlsPort}`, proxy: uri, limits }), { ok: true });
    t.same(proxy.asked, [`localhost:${port}`, `localhost:${tlsPort}`]);
    await fails(t, { baseUrl: `https://localhost:${tlsPort}`, proxy: uri }, /self-signed/, "certificate");
  },
);

t.test("a proxy that does not lead there is told from Telegram that is not there", async (t) => {
  const { telegram, port } = await startBoth(t);
  const baseUrl = `http://localhost:${port}`;
  const http = await listenProxy(t, LOGIN);
  const socks = await listenSocks5(t, LOGIN);
  const [nobody, nothing] = [await findFreePort(), await findFreePort()];
  const limits = { connectTimeoutMs: 300 };

  await fails(t, { baseUrl, proxy: `http://poswatch:s3cret@127.0.0.1:${http.port}` }, /407/);
  await fails(t, { baseUrl, proxy: `socks5://poswatch:s3cret@127.0.0.1:${socks.port}` }, /Auth/);
  await fails(t, { baseUrl, proxy: `socks5://127.0.0.1:${socks.port}` }, /No acceptable auth/);
  for (const scheme of ["http", "https", "socks5"]) {
    const login = `${scheme}://${WRITTEN_LOGIN}@`;
    await fails(t, { baseUrl, proxy: `${login}127.0.0.1:${nobody}` }, /cannot be reached.*ECONNREFUSED/);
    await fails(t, { baseUrl, proxy: `${login}proxy.invalid:1080` }, /cannot be reached.*proxy\.invalid/);
    const silent = await listen(t, createServer());
    await fails(t, { baseUrl, proxy: `${login}127.0.0.1:${silent}`, limits }, /time|Headers/i);
    const cutting = createServer((socket) => socket.destroy());
    const closing = await listen(t, cutting);
    await fails(t, { baseUrl, proxy: `${login}127.0.0.1:${closing}`, limits }, /./);
  }
  const proxy = `socks5://${WRITTEN_LOGIN}@127.0.0.1:${socks.port}`;
  await fails(t, { baseUrl: `http://localhost:${nothing}`, proxy }, /refused/);
  telegram.failAll(hang);
  await fails(t, { baseUrl, proxy, limits: { callTimeoutMs: 500 } }, /500 ms/, "response_timeout");
});

t.test("what is no proxy, or must not be called, is refused before", async (t) => {
  const baseUrl = "https://telegram.invalid";
  const badlyEncoded = "socks5://u:%s3cret%@127.0.0.1:1080";
  for (const proxy of ["proxy", "ftp://127.0.0.1", "socks4://127.0.0.1:1080", "socks5://", badlyEncoded])
    await fails(t, { baseUrl, proxy }, /not the address of a proxy/);
  for (const proxy of ["http://169.254.169.254", "socks5://169.254.169.254:1080", "https://[fe80::1]:3128"])
    await fails(t, { baseUrl, proxy }, /is not allowed/, "address_refused");
  const inner = "http://169.254.169.254/";
  await fails(t, { baseUrl: inner, proxy: "http://127.0.0.1:1" }, /is not allowed/, "address_refused");
});
