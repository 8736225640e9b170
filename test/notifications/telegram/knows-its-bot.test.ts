import t from "tap";
import { describeBot } from "../../../src/monitor/notifications/channels/telegram/describe-bot.ts";
import { answerWith } from "../../helpers/bot-faults.ts";
import { resultOf, startTelegram } from "../../helpers/telegram.ts";

const signal = AbortSignal.timeout(120_000);

t.test("a token is checked by asking who its bot is", async (t) => {
  const telegram = await startTelegram(t);
  const { server, secrets } = telegram.channel();
  const known = { ok: true, username: "poswatch_bot", name: "Poswatch" };
  t.strictSame(await describeBot({ server, secrets }, signal), known);
  const slashed = { baseUrl: `${server.baseUrl}//` };
  t.strictSame(await describeBot({ server: slashed, secrets }, signal), known);
  const wrong = { ...secrets, token: "7000000001:another" };
  t.match(await describeBot({ server, secrets: wrong }, signal), { ok: false, failure: "unauthorized" });
});

t.test("what is no bot is none", async (t) => {
  const telegram = await startTelegram(t);
  for (const behaviour of [resultOf(true), resultOf({ id: 1, first_name: "x" }), answerWith(200, "hello")]) {
    telegram.failNext(behaviour);
    t.match(await describeBot(telegram.channel(), signal), { ok: false, failure: "invalid_answer" });
  }
  const outcome = await describeBot({ ...telegram.channel(), server: { baseUrl: "http://" } }, signal);
  t.match(outcome, { ok: false }, "an address that is none");
});
