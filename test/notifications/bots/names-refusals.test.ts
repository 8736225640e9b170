import t, { type Test } from "tap";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import { answerWith, type BotBehaviour } from "../../helpers/bot-faults.ts";
import { BOTS, type TestBot } from "../../helpers/bots.ts";
import * as max from "../../helpers/max.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { ANNA } from "../../helpers/simulated-messenger.ts";
import * as telegram from "../../helpers/telegram.ts";

const { signal } = new AbortController();

/** How it answers, and what is said of that. */
type Case = readonly [behaviour: BotBehaviour, said: string];

/** `wait: Slow down (5000 ms)` */
async function sayOf(channel: ReturnType<TestBot["channel"]>): Promise<string> {
  const outcome = await createBotSend(channel)(toldIncident(), signal);
  if (outcome.ok) return outcome.answer;
  const { failure, detail, retryAfterMs } = outcome;
  return `${failure}: ${detail}${retryAfterMs === null ? "" : ` (${retryAfterMs} ms)`}`;
}

/** Each is said after one call. */
async function refuses(t: Test, bot: TestBot, cases: readonly Case[]): Promise<void> {
  for (const [behaviour, said] of cases) {
    bot.failNext(behaviour);
    t.equal(await sayOf(bot.channel()), said);
  }
  t.equal(bot.calls.length, cases.length);
  t.equal(bot.messages().length, 0);
}

const TOKENS = {
  telegram: [
    ["7000000001:AAE_another", "Unauthorized"],
    ["no-token", "Not Found"],
  ],
  max: [["f9LHodD0cOI_another", "verify.token: Invalid access_token"]],
} as const;

const NO_PLACE = "temporary: taken, but without saying where the message is";
const NO_ANSWER = "temporary: HTTP 200, and no answer of a Bot API";
const PART = "temporary: HTTP 200, and no more than a part of an answer";

const OWN: Record<TestBot["kind"], Case[]> = {
  telegram: [
    [telegram.refuseWith(429, "Slow down", { retry_after: 0.5 }), "wait: Slow down (500 ms)"],
    [telegram.refuseWith(429, "Slow down", { retry_after: 1e9 }), "wait: Slow down (3600000 ms)"],
    [telegram.refuseWith(409, "Conflict"), "recipient: Conflict"],
    [telegram.refuseWith(403, "Forbidden"), "recipient: Forbidden"],
    [telegram.refuseWith(502, "Bad Gateway"), "temporary: Bad Gateway"],
    [answerWith(200, '{"ok":false,"error_code":400,"description":"Bad"}'), "recipient: Bad"],
    [answerWith(200, '{"ok":"yes","result":{"message_id":1}}'), NO_ANSWER],
    [answerWith(200, '{"ok":false}'), NO_ANSWER],
    [telegram.resultOf(true), NO_PLACE],
    [telegram.resultOf({ message_id: "1", chat: { id: 5 } }), NO_PLACE],
  ],
  max: [
    [max.refuseWith(403, "access.denied", "No administrator"), "recipient: access.denied: No administrator"],
    [max.refuseWith(405, "not.allowed", ""), "recipient: not.allowed"],
    [answerWith(200, '{"success":false}'), "recipient: HTTP 200"],
    [max.refuseWith(503, "service.unavailable", ""), "temporary: service.unavailable"],
    [max.refuseWith(500, "", ""), "temporary: HTTP 500"],
    [answerWith(404, '{"detail":"Not Found"}'), "temporary: HTTP 404, and no answer of a Bot API"],
    [answerWith(201, '{"message":{}}'), "temporary: HTTP 201, and no answer of a Bot API"],
    [max.resultOf({ success: true }), NO_PLACE],
    [max.resultOf({ message: { body: { mid: 5 } } }), NO_PLACE],
    [max.resultOf({ message: { body: { mid: "mid.1 /../" } } }), NO_PLACE],
  ],
};

for (const { kind, start } of BOTS) {
  t.test(`${kind}: a token that is wrong, or none, is not let in`, async (t) => {
    const bot = await start(t);
    for (const [token, detail] of TOKENS[kind])
      t.equal(
        await sayOf({ ...bot.channel(), secrets: { token, proxyPassword: "" } }),
        `credentials: ${detail}`,
      );
  });

  t.test(`${kind}: every refusal has its class, and the words of the messenger`, async (t) => {
    const bot = await start(t);
    await refuses(t, bot, [
      [bot.refuse(429, "Too Many Requests", 17), "wait: Too Many Requests (17000 ms)"],
      [bot.refuse(429, "Too Many Requests"), "wait: Too Many Requests"],
      [bot.refuse(401, "Who?"), "credentials: Who?"],
      [bot.refuse(400, "Bad Request"), "recipient: Bad Request"],
      [bot.refuse(413, "Request Entity Too Large"), "recipient: Request Entity Too Large"],
      [bot.refuse(500, "oops"), "temporary: oops"],
      [bot.refuse(400, "long\n".repeat(100)), `recipient: ${"long ".repeat(60)}`],
      ...OWN[kind],
    ]);
  });

  t.test(`${kind}: what is no answer of a Bot API is none`, async (t) => {
    const bot = await start(t);
    const none = (status: number) => `temporary: HTTP ${status}, and no answer of a Bot API`;
    await refuses(t, bot, [
      [answerWith(429, "slow down", { "retry-after": "5" }), "wait: HTTP 429 (5000 ms)"],
      [answerWith(500, "<html>oops</html>"), "temporary: HTTP 500"],
      [answerWith(200, "welcome to the wifi of the airport"), NO_ANSWER],
      [answerWith(200, ""), NO_ANSWER],
      [answerWith(200, "5"), NO_ANSWER],
      [answerWith(404, "<html>nothing here</html>"), none(404)],
      [answerWith(401, "<html>login</html>"), none(401)],
      [answerWith(302, "", { location: "http://127.0.0.1:1/" }), none(302)],
      [answerWith(200, `{"ok":true,"result":"${"x".repeat(300 * 1024)}"}`), PART],
      [(reply) => void reply.raw.writeHead(200).write('{"ok":true', () => reply.raw.destroy()), PART],
      [bot.resultOf({}), NO_PLACE],
    ]);
  });
}

t.test("telegram: whom it is for is not there, or wants none", async (t) => {
  const { channel, setStanding } = await telegram.startTelegram(t);
  const anna = { chatId: String(ANNA.id) };
  t.equal(await sayOf(channel({ chatId: "-1" })), "recipient: Bad Request: chat not found");
  t.equal(await sayOf(channel({ topicId: "9" })), "recipient: Bad Request: message thread not found");
  t.equal(await sayOf(channel({ topicId: "8" })), "recipient: Bad Request: TOPIC_CLOSED");
  setStanding(ANNA.id, "blocked");
  t.equal(await sayOf(channel(anna)), "recipient: Forbidden: bot was blocked by the user");
  setStanding(telegram.GROUP_ID, "kicked");
  t.equal(await sayOf(channel()), "recipient: Forbidden: bot was kicked from the supergroup chat");
  setStanding(telegram.GROUP_ID, "muted");
  t.match(await sayOf(channel()), "recipient: Bad Request: not enough rights to send text messages");
});

t.test("max: whom it is for is not there, or wants none", async (t) => {
  const { channel, setStanding, dialogId } = await max.startMax(t);
  const refused = async (chatId: string, words: string) =>
    t.equal(await sayOf(channel({ chatId })), `recipient: ${words}`);
  await refused("-1", "chat.not.found: Chat -1 not found");
  await refused("user:7", "dialog.not.found: error.dialog.notfound");
  setStanding(dialogId, "suspended");
  await refused(`user:${ANNA.id}`, "chat.denied: Key: error.dialog.suspended, args: [501,].");
  setStanding(max.GROUP_ID, "removed");
  await refused(String(max.GROUP_ID), "chat.denied: error.chat.denied");
});
