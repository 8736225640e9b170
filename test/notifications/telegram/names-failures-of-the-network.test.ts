import { createServer } from "node:net";
import t, { type Test } from "tap";
import type { BotLimits } from "../../../src/monitor/notifications/channels/bots/limits.ts";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/channel.ts";
import { createTelegramSend } from "../../../src/monitor/notifications/channels/telegram/send-telegram.ts";
import { closeConnection, hang } from "../../helpers/bot-faults.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { listen } from "../../helpers/listen.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { findFreePort } from "../../helpers/program.ts";
import { GROUP_ID, startTelegram, TOKEN } from "../../helpers/telegram.ts";
import { listenTlsFront } from "../../helpers/tls-front.ts";

async function sendBy(baseUrl: string, limits: Partial<BotLimits> = {}): Promise<SendOutcome> {
  const channel = {
    server: { baseUrl },
    secrets: { token: TOKEN, proxy: "" },
    target: { chatId: String(GROUP_ID), topicId: null },
  };
  const send = createTelegramSend(channel, limits);
  return await send(outgoingMessage(), AbortSignal.timeout(120_000));
}

function failed(t: Test, outcome: SendOutcome, failure: string, detail: RegExp): void {
  t.match(outcome, { ok: false, failure, detail, retryAfterMs: null, isOfMessage: false });
}

t.test("a host that is not found, or that nobody listens at", async (t) => {
  failed(t, await sendBy("https://telegram.invalid"), "dns", /telegram\.invalid/);
  const port = await findFreePort();
  failed(t, await sendBy(`http://127.0.0.1:${port}`), "connect_refused", /ECONNREFUSED/);
});

t.test("addresses that may not be called are not", async (t) => {
  for (const host of ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.1.1]", "100.100.100.200", "0.0.0.0"])
    failed(t, await sendBy(`http://${host}/`), "address_refused", /is not allowed/);
});

t.test("nobody answers, or the connection breaks off", async (t) => {
  const telegram = await startTelegram(t);
  telegram.failAll(hang);
  const late = await sendBy(telegram.url, { callTimeoutMs: 300 });
  telegram.failAll(null);
  failed(t, late, "response_timeout", /no answer within 300 ms/);
  telegram.failNext(closeConnection);
  failed(t, await sendBy(telegram.url), "server_error", /closed/);
  telegram.failNext((reply) => {
    reply.raw.writeHead(200, { "content-length": "500" });
    reply.raw.write('{"ok":', () => reply.raw.destroy());
  });
  failed(t, await sendBy(telegram.url), "server_error", /body|closed/);
  telegram.failAll((reply) => void reply.raw.writeHead(200).write('{"ok":'));
  failed(t, await sendBy(telegram.url, { callTimeoutMs: 300 }), "response_timeout", /300 ms/);
});

t.test("a certificate that nobody vouches for, or of another name, is refused", async (t) => {
  const telegram = await startTelegram(t);
  const port = Number(new URL(telegram.url).port);
  const certificate = await makeCertificate();
  const front = await listenTlsFront(t, certificate, port);
  failed(t, await sendBy(`https://localhost:${front}`), "certificate", /self-signed/);

  t.match(await sendBy(`https://localhost:${front}`, { authorities: certificate.cert }), { ok: true });
  const other = await makeCertificate("telegram.example");
  const otherFront = await listenTlsFront(t, other, port);
  const misnamed = await sendBy(`https://localhost:${otherFront}`, { authorities: other.cert });
  failed(t, misnamed, "certificate", /altnames/);
});

t.test("TLS where there is none, or that breaks off", async (t) => {
  const telegram = await startTelegram(t);
  failed(t, await sendBy(telegram.url.replace("http:", "https:")), "tls", /SSL|TLS|wrong version/i);
  const cutting = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  failed(t, await sendBy(`https://127.0.0.1:${await listen(t, cutting)}`), "tls", /ECONNRESET|disconnected/);
  const silent = createServer();
  const late = await sendBy(`https://127.0.0.1:${await listen(t, silent)}`, { connectTimeoutMs: 300 });
  failed(t, late, "connect_timeout", /timeout: 300ms/);
});
