import t, { type Test } from "tap";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/channel.ts";
import { createMaxSend } from "../../../src/monitor/notifications/channels/max/send-max.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { listenProxy } from "../../helpers/http-proxy.ts";
import { GROUP_ID, startMax, TOKEN } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { findFreePort } from "../../helpers/program.ts";
import { listenSocks5 } from "../../helpers/socks5-proxy.ts";
import { listenTlsFront } from "../../helpers/tls-front.ts";

/** As it is, and as it stands in an address. */
const LOGIN = "poswatch:s3cret/of:the proxy";
const WRITTEN_LOGIN = "poswatch:s3cret%2Fof%3Athe%20proxy";
const SECRETS = new RegExp(`s3cret|c2VjcmV0|czNjcmV0|${TOKEN}`);

async function sendBy(baseUrl: string, proxy: string, authorities = ""): Promise<SendOutcome> {
  const channel = {
    server: { baseUrl, authorities },
    secrets: { token: TOKEN, proxy },
    target: { chatId: String(GROUP_ID) },
  };
  return await createMaxSend(channel)(outgoingMessage(), AbortSignal.timeout(120_000));
}

function fails(t: Test, outcome: SendOutcome, detail: RegExp, failure = "proxy"): void {
  t.match(outcome, { ok: false, failure, detail });
  t.notMatch(JSON.stringify(outcome), SECRETS);
}

t.test("HTTP and SOCKS5 proxies with a login lead to it, with TLS and without", async (t) => {
  const max = await startMax(t);
  const port = Number(new URL(max.url).port);
  const certificate = await makeCertificate();
  const secure = `https://localhost:${await listenTlsFront(t, certificate, port)}`;
  const http = await listenProxy(t, LOGIN);
  const socks = await listenSocks5(t, LOGIN);
  for (const proxy of [
    `http://${WRITTEN_LOGIN}@127.0.0.1:${http.port}`,
    `socks5://${WRITTEN_LOGIN}@127.0.0.1:${socks.port}`,
  ]) {
    t.match(await sendBy(`http://localhost:${port}`, proxy), { ok: true });
    t.match(await sendBy(secure, proxy, certificate.cert), { ok: true });
    fails(t, await sendBy(secure, proxy), /self-signed/, "certificate");
  }
  t.equal(max.messages(GROUP_ID).length, 4);
  t.match(http.asked, [`localhost:${port}`, secure.slice("https://".length)]);
});

t.test("a proxy that does not lead there is told from MAX that is not there", async (t) => {
  const baseUrl = `http://localhost:${await findFreePort()}`;
  const http = await listenProxy(t, LOGIN);
  const socks = await listenSocks5(t, LOGIN);
  fails(t, await sendBy(baseUrl, `http://poswatch:s3cret@127.0.0.1:${http.port}`), /407/);
  fails(t, await sendBy(baseUrl, `socks5://${WRITTEN_LOGIN}@127.0.0.1:${socks.port}`), /refused/);
  const nobody = `http://${WRITTEN_LOGIN}@127.0.0.1:${await findFreePort()}`;
  fails(t, await sendBy(baseUrl, nobody), /cannot be reached.*ECONNREFUSED/);
  fails(t, await sendBy(baseUrl, "ftp://127.0.0.1"), /not the address of a proxy/);
  fails(t, await sendBy(baseUrl, "http://169.254.169.254"), /is not allowed/, "address_refused");
});
