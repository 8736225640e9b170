import t from "tap";
import { Value } from "typebox/value";
import { DIALECTS, describeBot } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { BotSecrets, BotServer } from "../../../src/monitor/notifications/channels/bots/dialect.ts";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import { answerWith } from "../../helpers/bot-faults.ts";
import { BOTS } from "../../helpers/bots.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { listenProxy } from "../../helpers/http-proxy.ts";
import * as max from "../../helpers/max.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { listenTlsFront } from "../../helpers/tls-front.ts";

const { signal } = new AbortController();

for (const { kind, start } of BOTS) {
  t.test(`${kind}: a token is checked by asking who its bot is`, async (t) => {
    const bot = await start(t);
    const { server, secrets } = bot.channel();
    const known = { ok: true, username: "poswatch_bot", name: "Poswatch" };
    t.strictSame(await describeBot({ kind, server, secrets }), known);
    const slashed = { baseUrl: `${server.baseUrl}//` };
    t.strictSame(await describeBot({ kind, server: slashed, secrets }), known);
    const wrong = { ...secrets, token: "7000000001:another" };
    t.match(await describeBot({ kind, server, secrets: wrong }), { failure: "credentials" });
  });

  t.test(`${kind}: what is no bot is none`, async (t) => {
    const bot = await start(t);
    for (const behaviour of [
      bot.resultOf({}),
      bot.resultOf({ id: 1, first_name: "x" }),
      bot.resultOf({ username: "", first_name: "x" }),
      answerWith(200, "hello"),
    ]) {
      bot.failNext(behaviour);
      t.match(await describeBot(bot.channel()), { ok: false, failure: "temporary" });
    }
    const nowhere = await describeBot({ ...bot.channel(), server: { baseUrl: "http://" } });
    t.match(nowhere, { ok: false }, "an address that is none");
  });

  t.test(`${kind}: it is reached by the proxy and with the authority of its channel`, async (t) => {
    const bot = await start(t);
    const certificate = await makeCertificate();
    const baseUrl = `https://localhost:${await listenTlsFront(t, certificate, bot.port)}`;
    const http = await listenProxy(t, "poswatch:s3cret");
    const { target, secrets } = bot.channel();
    const outcome = (authorities: string, proxy: string) => {
      const channel = { kind, server: { baseUrl, authorities }, target, secrets: { ...secrets, proxy } };
      return createBotSend(channel)(toldIncident(), signal);
    };
    t.match(await outcome("", ""), { failure: "temporary", detail: /self-signed/ });
    t.match(await outcome(certificate.cert, ""), { ok: true });
    t.match(await outcome(certificate.cert, `http://poswatch:s3cret@127.0.0.1:${http.port}`), { ok: true });
    t.same(http.asked, [new URL(baseUrl).host]);
    const wrong = await outcome(certificate.cert, `http://poswatch:s3crets@127.0.0.1:${http.port}`);
    t.match(wrong, { failure: "temporary", detail: /Proxy response \(407\)/ });
    t.notMatch(JSON.stringify(wrong), /s3cret|czNjcmV0/);
  });

  t.test(`${kind}: a server that says token and password back is not quoted with them`, async (t) => {
    const bot = await start(t);
    const { token, resultOf } = bot;
    const http = await listenProxy(t, "poswatch:p@ss-word");
    const secrets = { token, proxy: `http://poswatch:p%40ss-word@127.0.0.1:${http.port}` };
    const send = createBotSend({ ...bot.channel(), secrets });
    const login = Buffer.from("poswatch:p@ss-word").toString("base64");
    const echoes = [
      ...[token, encodeURIComponent(token), `/bot${token}/sendMessage`, `Authorization: ${token}`],
      ...["p@ss-word", "p%40ss-word", `Basic ${login}`],
    ];
    const parts = [token.slice(11, 25), "ss-word", login.slice(0, 12), login.slice(-12)];
    for (const echo of echoes)
      for (const behaviour of [
        bot.refuse(400, `${"long ".repeat(58)}${echo} is wrong`),
        bot.refuse(401, `${echo} is unknown`),
        max.refuseWith(403, echo, echo),
        resultOf({ success: false, message: echo }),
        ...[200, 502].map((status) => answerWith(status, echo)),
        resultOf({ message_id: 5, chat: { id: 6, title: `Chat ${echo}` } }),
        resultOf({ message: { body: { mid: "mid.1" }, sender: { username: echo } } }),
      ]) {
        bot.failNext(behaviour);
        const said = JSON.stringify(await send(toldIncident(), signal));
        for (const part of parts) t.notOk(said.includes(part), said);
      }
    bot.failNext(resultOf({ username: token, first_name: login }));
    const described = await describeBot({ ...bot.channel(), secrets });
    t.strictSame(described, { ok: true, username: "…", name: "…" });
  });

  t.test(`${kind}: tokens and chats are what they may be`, async (t) => {
    const { serverUrl, token, chatId } = DIALECTS[kind];
    t.ok(Value.Check(BotServer, { baseUrl: serverUrl }));
    t.notOk(Value.Check(BotServer, { baseUrl: "platform-api2.max.ru" }));
    for (const wrong of ["", "a b c d e", "abcde\r\nHost: x", "токен"]) {
      t.notOk(Value.Check(BotSecrets, { token: wrong, proxy: "" }), wrong);
      t.notOk(token.test(wrong), wrong);
    }
    const mine = await start(t);
    t.ok(token.test(mine.token));
    t.ok(Value.Check(BotSecrets, { token: mine.token, proxy: "" }));
    const names = { telegram: "@duty_group", max: "user:501" };
    for (const right of ["-70000000000005", "182000501", names[kind]]) t.ok(chatId.test(right), right);
    const ofOther = names[kind === "max" ? "telegram" : "max"];
    for (const wrong of [ofOther, "", "@d", "user:", "user:anna", "user:-5", "1&user_id=2", "1 "])
      t.notOk(chatId.test(wrong), wrong);
  });
}

t.test("max: the token goes in the header that it is for, and nowhere else", async (t) => {
  const simulator = await max.startMax(t);
  t.match(await createBotSend(simulator.channel())(toldIncident(), signal), { ok: true });
  t.notMatch(JSON.stringify(simulator.calls), max.TOKEN);
});
