import t from "tap";
import { createTelegramSend } from "../../../src/monitor/notifications/channels/telegram/send-telegram.ts";
import { answerWith } from "../../helpers/bot-faults.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { ANNA, GROUP_ID, refuseWith, resultOf, startTelegram } from "../../helpers/telegram.ts";

const signal = AbortSignal.timeout(120_000);

t.test("a token that is wrong, or none, is not let in", async (t) => {
  const telegram = await startTelegram(t);
  for (const [token, detail] of [
    ["7000000001:AAE_another", "Unauthorized"],
    ["no-token", "Not Found"],
  ] as const) {
    const channel = { ...telegram.channel(), secrets: { token, proxy: "" } };
    const outcome = await createTelegramSend(channel)(outgoingMessage(), signal);
    t.strictSame(outcome, {
      ok: false,
      failure: "unauthorized",
      detail,
      retryAfterMs: null,
      isOfMessage: false,
    });
  }
});

t.test("whom it is for is not there, or wants none", async (t) => {
  const telegram = await startTelegram(t);
  const send = (target: { chatId?: string; topicId?: number }) =>
    createTelegramSend(telegram.channel(target))(outgoingMessage(), signal);
  const recipient = (detail: string) => ({ failure: "recipient", detail, isOfMessage: false });
  t.match(await send({ chatId: "-1" }), recipient("Bad Request: chat not found"));
  t.match(await send({ topicId: 9 }), recipient("Bad Request: message thread not found"));
  t.match(await send({ topicId: 8 }), recipient("Bad Request: TOPIC_CLOSED"));
  telegram.setStanding(ANNA.id, "blocked");
  t.match(await send({ chatId: String(ANNA.id) }), recipient("Forbidden: bot was blocked by the user"));
  telegram.setStanding(GROUP_ID, "kicked");
  t.match(await send({}), recipient("Forbidden: bot was kicked from the supergroup chat"));
  telegram.setStanding(GROUP_ID, "muted");
  t.match(await send({}), recipient("Bad Request: not enough rights to send text messages to the chat"));
});

t.test("every other refusal has its name", async (t) => {
  const telegram = await startTelegram(t);
  const send = createTelegramSend(telegram.channel());
  const cases = [
    [
      refuseWith(429, "Too Many Requests", { retry_after: 17 }),
      { failure: "rate_limited", retryAfterMs: 17_000 },
    ],
    [refuseWith(429, "Too Many Requests"), { failure: "rate_limited", retryAfterMs: null }],
    [answerWith(429, "slow down", { "retry-after": "5" }), { failure: "rate_limited", retryAfterMs: 5_000 }],
    [refuseWith(400, "Bad Request: can't parse entities"), { failure: "refused", isOfMessage: true }],
    [refuseWith(413, "Request Entity Too Large"), { failure: "refused", isOfMessage: true }],
    [refuseWith(409, "Conflict"), { failure: "refused", isOfMessage: false }],
    [refuseWith(502, "Bad Gateway"), { failure: "server_error", detail: "Bad Gateway" }],
    [answerWith(500, "<html>oops</html>"), { failure: "server_error", detail: "HTTP 500" }],
  ] as const;
  for (const [behaviour, wanted] of cases) {
    telegram.failNext(behaviour);
    t.match(await send(outgoingMessage(), signal), { ok: false, ...wanted });
  }
  t.equal(telegram.calls.length, cases.length, "each is said once");
});

t.test("what is no answer of a Bot API is none", async (t) => {
  const telegram = await startTelegram(t);
  const send = createTelegramSend(telegram.channel());
  const nonsense = [
    answerWith(200, "welcome to the wifi of the airport"),
    answerWith(200, ""),
    answerWith(200, "[]"),
    answerWith(200, '{"ok":"yes","result":{"message_id":1}}'),
    answerWith(200, '{"ok":false}'),
    answerWith(404, "<html>nothing here</html>"),
    answerWith(302, "", { location: "http://127.0.0.1:1/" }),
    answerWith(200, `{"ok":true,"result":"${"x".repeat(300 * 1024)}"}`),
    resultOf({}),
    resultOf(true),
    resultOf({ message_id: "1", chat: { id: 5 } }),
  ];
  for (const behaviour of nonsense) {
    telegram.failNext(behaviour);
    t.match(await send(outgoingMessage(), signal), { ok: false, failure: "invalid_answer" });
  }
  t.equal(telegram.messages(GROUP_ID).length, 0);
});
