import t from "tap";
import { DIALECTS, describeBot } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import { BOTS } from "../../helpers/bots.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { listenProxy } from "../../helpers/http-proxy.ts";
import * as max from "../../helpers/max.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { answerWith } from "../../helpers/serve-bot.ts";
import { listenTlsFront } from "../../helpers/tls-front.ts";

const { signal } = new AbortController();

t.test("tokens and chats are what they may be", async (t) => {
  const names = { telegram: "@duty_group", max: "user:501" };
  for (const { kind, start } of BOTS) {
    const { token, chatId } = DIALECTS[kind];
    t.ok(token.test((await start(t)).token), kind);
    for (const wrong of ["", "a b c d e", "abcde\r\nHost: x", "токен"]) t.notOk(token.test(wrong), wrong);
    for (const right of ["-70000000000005", "182000501", names[kind]]) t.ok(chatId.test(right), right);
    const ofOther = names[kind === "max" ? "telegram" : "max"];
    for (const wrong of [ofOther, "", "@d", "user:", "user:anna", "user:-5", "1&user_id=2", "1 "])
      t.notOk(chatId.test(wrong), wrong);
  }
});

for (const { kind, start } of BOTS) {
  t.test(`${kind}: its token is checked by asking who its bot is`, async (t) => {
    const bot = await start(t);
    const { settings, secrets } = bot.channel();
    const describe = (changes: object) => describeBot({ kind, settings, secrets, ...changes });
    t.strictSame(await describe({}), { ok: true, username: "poswatch_bot" });
    const wrong = { ...secrets, token: "7000000001:another" };
    t.match(await describe({ secrets: wrong }), { failure: "credentials" });
    t.match(await describe({ settings: { ...settings, baseUrl: "http://" } }), { ok: false });
    for (const behaviour of [
      bot.resultOf({}),
      bot.resultOf({ username: "", first_name: "x" }),
      answerWith(200, "hello"),
    ]) {
      bot.failNext(behaviour);
      t.match(await describe({}), { ok: false, failure: "temporary" });
    }
  });

  t.test(`${kind}: it is reached by the proxy and with the authority of its channel`, async (t) => {
    const bot = await start(t);
    const certificate = await makeCertificate();
    const baseUrl = `https://localhost:${await listenTlsFront(t, certificate, bot.port)}`;
    const http = await listenProxy(t, "poswatch:s3cret");
    const way = { proxy: `http://127.0.0.1:${http.port}`, proxyLogin: "poswatch" };
    const { settings, secrets } = bot.channel();
    const outcome = (authorities: string, changes: object = {}, proxyPassword = "s3cret") => {
      const changed = { ...settings, baseUrl, authorities, ...changes };
      const channel = { kind, settings: changed, secrets: { ...secrets, proxyPassword } };
      return createBotSend(channel)(toldIncident(), signal);
    };
    t.match(await outcome(""), { failure: "temporary", detail: /self-signed/ });
    t.match(await outcome(certificate.cert), { ok: true });
    t.same(http.asked, []);
    t.match(await outcome(certificate.cert, way), { ok: true });
    t.same(http.asked, [new URL(baseUrl).host]);
    const wrong = await outcome(certificate.cert, way, "s3crets");
    t.match(wrong, { failure: "temporary", detail: /Proxy response \(407\)/ });
    t.notMatch(JSON.stringify(wrong), /s3cret|czNjcmV0/);
  });

  t.test(`${kind}: a server that says token and password back is not quoted with them`, async (t) => {
    const bot = await start(t);
    const { token, resultOf } = bot;
    const http = await listenProxy(t, "poswatch:p@ss-word");
    const way = { proxy: `http://127.0.0.1:${http.port}`, proxyLogin: "poswatch" };
    const settings = { ...bot.channel().settings, ...way };
    const channel = { kind, settings, secrets: { token, proxyPassword: "p@ss-word" } };
    const send = createBotSend(channel);
    const login = Buffer.from("poswatch:p@ss-word").toString("base64");
    const echoes = [token, encodeURIComponent(token), `/bot${token}/sendMessage`, `Authorization: ${token}`];
    echoes.push("p@ss-word", "p%40ss-word", `Basic ${login}`);
    const parts = [token.slice(11, 25), "ss-word", login.slice(0, 12), login.slice(-12)];
    for (const echo of echoes) {
      for (const behaviour of [
        bot.refuse(400, `${"long ".repeat(58)}${echo} is wrong`),
        bot.refuse(401, `${echo} is unknown`),
        max.refuseWith(403, echo, echo),
        resultOf({ success: false, message: echo }),
        ...[200, 502].map((status) => answerWith(status, echo)),
      ]) {
        bot.failNext(behaviour);
        const said = JSON.stringify(await send(toldIncident(), signal));
        for (const part of parts) t.notOk(said.includes(part), said);
      }
    }
    bot.failNext(resultOf({ username: token }));
    t.strictSame(await describeBot(channel), { ok: true, username: "…" });
  });
}
