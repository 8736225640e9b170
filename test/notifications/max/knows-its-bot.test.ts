import t from "tap";
import { Value } from "typebox/value";
import {
  MAX_URL,
  MaxSecrets,
  MaxServer,
  MaxTarget,
} from "../../../src/monitor/notifications/channels/max/connection.ts";
import { describeBot } from "../../../src/monitor/notifications/channels/max/describe-bot.ts";
import { answerWith } from "../../helpers/bot-faults.ts";
import { resultOf, startMax, TOKEN } from "../../helpers/max.ts";

const signal = AbortSignal.timeout(120_000);

t.test("a token is checked by asking who its bot is", async (t) => {
  const max = await startMax(t);
  const { server, secrets } = max.channel();
  const known = { ok: true, username: "poswatch_bot", name: "Poswatch" };
  t.strictSame(await describeBot({ server, secrets }, signal), known);
  const slashed = { ...server, baseUrl: `${server.baseUrl}//` };
  t.strictSame(await describeBot({ server: slashed, secrets }, signal), known);
  const wrong = { ...secrets, token: "another" };
  t.match(await describeBot({ server, secrets: wrong }, signal), { ok: false, failure: "unauthorized" });
});

t.test("what is no bot is none", async (t) => {
  const max = await startMax(t);
  for (const behaviour of [
    resultOf({}),
    resultOf({ user_id: 1, first_name: "x" }),
    answerWith(200, "hello"),
  ]) {
    max.failNext(behaviour);
    t.match(await describeBot(max.channel(), signal), { ok: false, failure: "invalid_answer" });
  }
  const nowhere = max.channel({ server: { baseUrl: "http://" } });
  t.match(await describeBot(nowhere, signal), { ok: false }, "an address that is none");
});

t.test("a connection is one when MAX may know it", async (t) => {
  t.ok(Value.Check(MaxServer, { baseUrl: MAX_URL, authorities: "" }));
  t.notOk(Value.Check(MaxServer, { baseUrl: "platform-api2.max.ru", authorities: "" }));
  t.ok(Value.Check(MaxSecrets, { token: TOKEN, proxy: "" }));
  for (const token of ["", "a b c d e", "abcde\r\nHost: x", "токен"])
    t.notOk(Value.Check(MaxSecrets, { token, proxy: "" }), token);
  for (const chatId of ["-70000000000005", "182000501", "user:501"])
    t.ok(Value.Check(MaxTarget, { chatId }), chatId);
  for (const chatId of ["", "@duty", "user:", "user:anna", "user:-5", "1&user_id=2"])
    t.notOk(Value.Check(MaxTarget, { chatId }), chatId);
});
