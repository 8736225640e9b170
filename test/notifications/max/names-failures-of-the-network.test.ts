import { createServer } from "node:net";
import t, { type Test } from "tap";
import type { BotLimits } from "../../../src/monitor/notifications/channels/bots/limits.ts";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/channel.ts";
import type { MaxServer } from "../../../src/monitor/notifications/channels/max/connection.ts";
import { createMaxSend } from "../../../src/monitor/notifications/channels/max/send-max.ts";
import { closeConnection, hang } from "../../helpers/bot-faults.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { listen } from "../../helpers/listen.ts";
import { GROUP_ID, startMax, TOKEN } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { findFreePort } from "../../helpers/program.ts";
import { listenTlsFront } from "../../helpers/tls-front.ts";

interface Way extends Partial<MaxServer> {
  baseUrl: string;
  limits?: Partial<BotLimits>;
}

async function sendBy({ limits, ...server }: Way): Promise<SendOutcome> {
  const channel = {
    server: { authorities: "", ...server },
    secrets: { token: TOKEN, proxy: "" },
    target: { chatId: String(GROUP_ID) },
  };
  return await createMaxSend(channel, limits)(outgoingMessage(), AbortSignal.timeout(120_000));
}

async function fails(t: Test, way: Way, failure: string, detail: RegExp): Promise<void> {
  const outcome = await sendBy(way);
  t.match(outcome, { ok: false, failure, detail, retryAfterMs: null, isOfMessage: false }, way.baseUrl);
}

t.test("a host that is not found, or that nobody listens at", async (t) => {
  await fails(t, { baseUrl: "https://max.invalid" }, "dns", /max\.invalid/);
  const port = await findFreePort();
  await fails(t, { baseUrl: `http://127.0.0.1:${port}` }, "connect_refused", /ECONNREFUSED/);
});

t.test("addresses that may not be called are not", async (t) => {
  for (const host of ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.1.1]", "100.100.100.200", "0.0.0.0"])
    await fails(t, { baseUrl: `http://${host}/` }, "address_refused", /is not allowed/);
});

t.test("nobody answers, or the connection breaks off", async (t) => {
  const max = await startMax(t);
  const baseUrl = max.url;
  const late = { baseUrl, limits: { callTimeoutMs: 500 } };
  max.failNext(hang);
  await fails(t, late, "response_timeout", /no answer within 500 ms/);
  max.failNext(closeConnection);
  await fails(t, { baseUrl }, "server_error", /closed/);
  max.failNext((reply) => {
    reply.raw.writeHead(200, { "content-length": "500" });
    reply.raw.write('{"message":', () => reply.raw.destroy());
  });
  await fails(t, { baseUrl }, "server_error", /length|closed/);
  max.failNext((reply) => void reply.raw.writeHead(200).write('{"message":'));
  await fails(t, late, "response_timeout", /500 ms/);
  t.equal(max.messages(GROUP_ID).length, 0);
});

t.test(
  "the ministry's certificate is trusted once its authority is named, and no other is then",
  async (t) => {
    const max = await startMax(t);
    const port = Number(new URL(max.url).port);
    const certificate = await makeCertificate();
    const baseUrl = `https://localhost:${await listenTlsFront(t, certificate, port)}`;
    await fails(t, { baseUrl }, "certificate", /self-signed/);
    t.match(await sendBy({ baseUrl, authorities: certificate.cert }), { ok: true });

    const other = await makeCertificate("max.example");
    await fails(t, { baseUrl, authorities: other.cert }, "certificate", /self-signed/);
    const otherUrl = `https://localhost:${await listenTlsFront(t, other, port)}`;
    await fails(t, { baseUrl: otherUrl, authorities: other.cert }, "certificate", /altnames/);
  },
);

t.test("TLS where there is none, or that breaks off", async (t) => {
  const max = await startMax(t);
  await fails(t, { baseUrl: max.url.replace("http:", "https:") }, "tls", /SSL|TLS|wrong version/i);
  const cutting = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  const cut = `https://127.0.0.1:${await listen(t, cutting)}`;
  await fails(t, { baseUrl: cut }, "tls", /ECONNRESET|disconnected/);
  const silent = `https://127.0.0.1:${await listen(t, createServer())}`;
  await fails(t, { baseUrl: silent, limits: { connectTimeoutMs: 300 } }, "connect_timeout", /timeout: 300ms/);
});
