import t from "tap";
import { hideSecrets } from "../../../src/monitor/notifications/channels/bots/hide-secrets.ts";
import { describeBot } from "../../../src/monitor/notifications/channels/telegram/describe-bot.ts";
import { createTelegramSend } from "../../../src/monitor/notifications/channels/telegram/send-telegram.ts";
import { answerWith } from "../../helpers/bot-faults.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { refuseWith, resultOf, startTelegram, TOKEN } from "../../helpers/telegram.ts";

const signal = AbortSignal.timeout(120_000);

t.test("token and password are hidden however they are written", async (t) => {
  const hide = hideSecrets({ token: "12:abc", proxy: "http://anna:p%40ss%20word@proxy:3128" });
  const login = Buffer.from("anna:p@ss word").toString("base64");
  t.equal(hide("GET /bot12:abc/getMe 12%3Aabc"), "GET /bot…/getMe …");
  t.equal(hide(`p@ss word, p%40ss%20word, Basic ${login}`), "…, …, Basic …");
  t.equal(hideSecrets({ token: "12:abc", proxy: "http://proxy:3128" })("proxy"), "proxy");
  t.equal(hideSecrets({ token: "12:abc", proxy: "" })("as it is"), "as it is");
});

t.test("a server that says them back is not quoted with them", async (t) => {
  const telegram = await startTelegram(t);
  const send = createTelegramSend(telegram.channel());
  const path = `/bot${TOKEN}/sendMessage`;
  telegram.failNext(refuseWith(400, `${"long ".repeat(90)}${path} is wrong`));
  telegram.failNext(refuseWith(401, `${TOKEN} is unknown`));
  telegram.failNext(answerWith(502, path));
  telegram.failNext(answerWith(200, path));
  telegram.failNext(resultOf({ message_id: 5, chat: { id: 6, title: `Chat ${TOKEN}` } }));
  for (let sent = 0; sent < 5; sent++)
    t.notMatch(JSON.stringify(await send(outgoingMessage(), signal)), TOKEN.slice(11, 25));
  telegram.failNext(resultOf({ username: TOKEN, first_name: "Poswatch" }));
  t.strictSame(await describeBot(telegram.channel(), signal), { ok: true, username: "…", name: "Poswatch" });
});
