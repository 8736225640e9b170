import t from "tap";
import { createMaxSend } from "../../../src/monitor/notifications/channels/max/send-max.ts";
import { answerWith } from "../../helpers/bot-faults.ts";
import { GROUP_ID, refuseWith, resultOf, startMax, TO_ANNA } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";

const signal = AbortSignal.timeout(120_000);

t.test("a token that is wrong is not let in", async (t) => {
  const max = await startMax(t);
  const secrets = { token: "f9LHodD0cOI_another", proxy: "" };
  const send = createMaxSend({ ...max.channel(), secrets });
  const detail = "verify.token: Invalid access_token";
  const unauthorized = { ok: false, failure: "unauthorized", detail, retryAfterMs: null, isOfMessage: false };
  t.strictSame(await send(outgoingMessage(), signal), unauthorized);
  const known = createMaxSend(max.channel());
  max.failNext(refuseWith(403, "verify.token", "Invalid access_token"));
  t.strictSame(await known(outgoingMessage(), signal), unauthorized, "as it once was");
});

t.test("whom it is for is not there, or wants none", async (t) => {
  const max = await startMax(t);
  const send = (chatId?: string) =>
    createMaxSend(max.channel(chatId === undefined ? {} : { chatId }))(outgoingMessage(), signal);
  const recipient = (detail: string) => ({
    ...{ ok: false, failure: "recipient", detail },
    ...{ retryAfterMs: null, isOfMessage: false },
  });
  t.strictSame(await send("-1"), recipient("chat.not.found: Chat -1 not found"));
  t.strictSame(await send("user:7"), recipient("dialog.not.found: error.dialog.notfound"));
  max.setStanding(max.dialogId, "suspended");
  const suspended = "chat.denied: Key: error.dialog.suspended, args: [501,].";
  t.strictSame(await send(TO_ANNA.chatId), recipient(suspended));
  max.setStanding(GROUP_ID, "removed");
  t.strictSame(await send(), recipient("chat.denied: error.chat.denied"));
  max.failNext(refuseWith(400, "proto.payload", "Unknown recipient"));
  t.strictSame(await send(), recipient("proto.payload: Unknown recipient"));
  max.failNext(refuseWith(403, "access.denied", "Bot is not an administrator"));
  t.strictSame(await send(), recipient("access.denied: Bot is not an administrator"));
});

t.test("every other refusal has its name", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const many = "Too many requests. Limit is: 10 calls per second.";
  const cases = [
    [
      refuseWith(429, "too.many.requests", many),
      { failure: "rate_limited", detail: `too.many.requests: ${many}`, retryAfterMs: null },
    ],
    [
      refuseWith(429, "too.many.requests", many, { "retry-after": "17" }),
      { failure: "rate_limited", retryAfterMs: 17_000 },
    ],
    [answerWith(429, "slow down", { "retry-after": "5" }), { failure: "rate_limited", retryAfterMs: 5_000 }],
    [refuseWith(400, "proto.payload", "Can't deserialize body"), { failure: "refused", isOfMessage: true }],
    [refuseWith(413, "too.large", "…"), { failure: "refused", isOfMessage: true }],
    [refuseWith(404, "not.found", "Path not found"), { failure: "refused", isOfMessage: false }],
    [refuseWith(405, "not.allowed", "Method is not allowed"), { failure: "refused", isOfMessage: false }],
    [answerWith(200, '{"success":false}'), { failure: "refused", detail: "HTTP 200", isOfMessage: false }],
    [refuseWith(503, "service.unavailable", ""), { failure: "server_error", detail: "service.unavailable" }],
    [refuseWith(500, "", "oops"), { failure: "server_error", detail: "oops" }],
    [answerWith(500, "<html>oops</html>"), { failure: "server_error", detail: "HTTP 500" }],
  ] as const;
  for (const [behaviour, wanted] of cases) {
    max.failNext(behaviour);
    t.match(await send(outgoingMessage(), signal), { ok: false, ...wanted });
  }
  t.equal(max.calls.length, cases.length, "each is said once");
});

t.test("what is no answer of a Bot API is none", async (t) => {
  const max = await startMax(t);
  const send = createMaxSend(max.channel());
  const nonsense = [
    answerWith(200, "welcome to the wifi of the airport"),
    answerWith(200, ""),
    answerWith(200, "5"),
    answerWith(404, "<html>nothing here</html>"),
    answerWith(404, '{"detail":"Not Found"}'),
    answerWith(401, "<html>login</html>"),
    answerWith(302, "", { location: "http://127.0.0.1:1/" }),
    answerWith(201, '{"message":{"body":{"mid":"mid.1"}}}'),
    resultOf({ message: { body: { mid: "x".repeat(300 * 1024) } } }),
    resultOf({}),
    resultOf({ success: true }),
    resultOf({ message: { body: { mid: 5 } } }),
    resultOf({ message: { body: { mid: "mid.1 /../" } } }),
  ];
  for (const behaviour of nonsense) {
    max.failNext(behaviour);
    t.match(await send(outgoingMessage(), signal), { ok: false, failure: "invalid_answer" });
  }
  t.equal(max.messages(GROUP_ID).length, 0);
});
