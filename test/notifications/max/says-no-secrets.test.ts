import t from "tap";
import { describeBot } from "../../../src/monitor/notifications/channels/max/describe-bot.ts";
import { createMaxSend } from "../../../src/monitor/notifications/channels/max/send-max.ts";
import { answerWith } from "../../helpers/bot-faults.ts";
import { refuseWith, resultOf, startMax, TOKEN } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";

const signal = AbortSignal.timeout(120_000);

t.test("the token goes in the header that it is for, and nowhere else", async (t) => {
  const max = await startMax(t);
  t.match(await createMaxSend(max.channel())(outgoingMessage(), signal), { ok: true });
  t.notMatch(JSON.stringify(max.calls), TOKEN);
});

t.test("a server that says it back is not quoted with it", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const header = `Authorization: ${TOKEN}`;
  max.failNext(refuseWith(400, "proto.payload", `${"long ".repeat(90)}${header} is wrong`));
  max.failNext(refuseWith(401, "verify.token", `${TOKEN} is unknown`));
  max.failNext(refuseWith(403, TOKEN, header));
  max.failNext(resultOf({ success: false, message: header }));
  max.failNext(answerWith(502, header));
  max.failNext(answerWith(200, header));
  max.failNext(resultOf({ message: { body: { mid: "mid.1" }, sender: { username: TOKEN } } }));
  for (let sent = 0; sent < 7; sent++)
    t.notMatch(JSON.stringify(await send(outgoingMessage(), signal)), TOKEN.slice(11, 25));
  t.equal(max.calls.length, 7);
  max.failNext(resultOf({ username: TOKEN, first_name: "Poswatch" }));
  t.strictSame(await describeBot(max.channel(), signal), { ok: true, username: "…", name: "Poswatch" });
});
