import t from "tap";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import { BOTS, type TestBot } from "../../helpers/bots.ts";
import * as max from "../../helpers/max.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { answerWith, type BotBehaviour } from "../../helpers/serve-bot.ts";
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

const NO_PLACE = "temporary: taken, but without saying where the message is";
const NONE = "and no answer of a Bot API";
const NO_ANSWER = `temporary: HTTP 200, ${NONE}`;
const PART = "temporary: HTTP 200, and no more than a part of an answer";

const OWN: Record<TestBot["kind"], Case[]> = {
  telegram: [
    [telegram.refuseWith(429, "Slow down", { retry_after: 0.5 }), "wait: Slow down (500 ms)"],
    [telegram.refuseWith(429, "Slow down", { retry_after: 1e9 }), "wait: Slow down (3600000 ms)"],
    [telegram.refuseWith(404, "Not Found"), "credentials: Not Found"],
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
    [answerWith(404, '{"detail":"Not Found"}'), `temporary: HTTP 404, ${NONE}`],
    [answerWith(201, '{"message":{}}'), `temporary: HTTP 201, ${NONE}`],
    [max.resultOf({ success: true }), NO_PLACE],
    [max.resultOf({ message: { body: { mid: 5 } } }), NO_PLACE],
    [max.resultOf({ message: { body: { mid: "mid.1 /../" } } }), NO_PLACE],
  ],
};

for (const { kind, start } of BOTS) {
  t.test(`${kind}: every refusal has its class, and the words of the messenger`, async (t) => {
    const bot = await start(t);
    const cases: Case[] = [
      [bot.refuse(429, "Too Many Requests", 17), "wait: Too Many Requests (17000 ms)"],
      [bot.refuse(429, "Too Many Requests"), "wait: Too Many Requests"],
      [bot.refuse(401, "Who?"), "credentials: Who?"],
      [bot.refuse(400, "Bad Request"), "recipient: Bad Request"],
      [bot.refuse(413, "Request Entity Too Large"), "recipient: Request Entity Too Large"],
      [bot.refuse(500, "oops"), "temporary: oops"],
      [bot.refuse(400, "long\n".repeat(100)), `recipient: ${"long ".repeat(60)}`],
      ...OWN[kind],
      [answerWith(429, "slow down", { "retry-after": "5" }), "wait: HTTP 429 (5000 ms)"],
      [answerWith(500, "<html>oops</html>"), "temporary: HTTP 500"],
      [answerWith(200, "welcome to the wifi of the airport"), NO_ANSWER],
      [answerWith(200, ""), NO_ANSWER],
      [answerWith(200, "5"), NO_ANSWER],
      [answerWith(404, "<html>nothing here</html>"), `temporary: HTTP 404, ${NONE}`],
      [answerWith(401, "<html>login</html>"), `temporary: HTTP 401, ${NONE}`],
      [answerWith(302, "", { location: "http://127.0.0.1:1/" }), `temporary: HTTP 302, ${NONE}`],
      [answerWith(200, `{"ok":true,"result":"${"x".repeat(300 * 1024)}"}`), PART],
      [(reply) => void reply.raw.writeHead(200).write('{"ok":true', () => reply.raw.destroy()), PART],
      [bot.resultOf({}), NO_PLACE],
    ];
    for (const [behaviour, said] of cases) {
      bot.failNext(behaviour);
      t.equal(await sayOf(bot.channel()), said);
    }
    t.equal(bot.calls.length, cases.length, "each is said after one call");
    t.equal(bot.messages().length, 0);
  });
}
