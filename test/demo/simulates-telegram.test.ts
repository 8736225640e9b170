import t, { type Test } from "tap";
import { readTelegramHtml } from "../../src/demo/messengers/telegram-content.ts";
import { createTelegramSimulator } from "../../src/demo/messengers/telegram-simulator.ts";
import { waitFor } from "../helpers/wait-for.ts";

const TOKEN = "7000000001:AAE_the-token-of-the-demo";
const GROUP = { id: -1001, kind: "supergroup", title: "Дежурные", topics: { 7: "open" } } as const;
const ANNA = { id: 501, firstName: "Анна" };

interface Answer {
  ok: boolean;
  result?: unknown;
  error_code?: number;
  description?: string;
}

async function startSimulator(t: Test) {
  const at = Date.parse("2026-11-26T02:04:00Z");
  const telegram = await createTelegramSimulator({ token: TOKEN, clock: () => at });
  t.teardown(() => telegram.close());
  telegram.addChat(GROUP);
  const call = async (method: string, payload: object = {}, token = TOKEN): Promise<Answer> => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(payload);
    const response = await fetch(`${telegram.url}/bot${token}/${method}`, { method: "POST", headers, body });
    return (await response.json()) as Answer;
  };
  const say = (message: object) => call("sendMessage", { chat_id: GROUP.id, ...message });
  return { telegram, call, say };
}

t.test("it refuses what Telegram refuses", async (t) => {
  const { telegram, call, say } = await startSimulator(t);
  const refused = (description: string, code = 400) => ({ ok: false, error_code: code, description });
  const html = (text: string) => say({ text, parse_mode: "HTML" });
  const button = (one: object) =>
    say({ text: "a", reply_markup: { inline_keyboard: [[{ text: "b", ...one }]] } });

  t.match(await call("getMe", {}, "7000000001:another"), refused("Unauthorized", 401));
  t.match(await call("getMe", {}, "none"), refused("Not Found", 404));
  t.match(await call("getYou"), refused("Not Found: method not found", 404));
  t.match(await say({}), { ok: false, error_code: 400 });
  t.match(await say({ text: " " }), refused("Bad Request: message text is empty"));
  t.match(await say({ text: "x".repeat(4097) }), refused("Bad Request: message is too long"));
  t.match(
    await html("<b>a"),
    refused(`Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`),
  );
  t.match(await html("a</b>"), { description: /can't parse entities: Unexpected end tag/ });
  t.match(await html("<b><i>a</b></i>"), { description: /can't parse entities: Unmatched end tag/ });
  t.match(await html("<br>"), { description: /can't parse entities: Unsupported start tag "br"/ });
  t.match(await html("a < b"), { description: /can't parse entities/ });
  t.match(await button({ callback_data: "я".repeat(33) }), refused("Bad Request: BUTTON_DATA_INVALID"));
  t.match(await button({ url: "http://127.0.0.1/" }), refused("Bad Request: BUTTON_URL_INVALID"));
  t.match(await button({ url: "http://localhost:8080/" }), { description: /Wrong HTTP URL/ });
  t.match(await button({}), { ok: false, error_code: 400 });
  t.match(await say({ chat_id: -5, text: "a" }), refused("Bad Request: chat not found"));
  t.match(await say({ message_thread_id: 9, text: "a" }), refused("Bad Request: message thread not found"));
  t.same(telegram.messages(GROUP.id), [], "nothing of it was written");
});

t.test("it keeps messages with what they looked like before", async (t) => {
  const { telegram, call, say } = await startSimulator(t);
  const changed: number[] = [];
  const end = telegram.onChange((chatId) => changed.push(chatId));
  const sent = await say({ text: "<b>18</b> &amp; 1", parse_mode: "HTML", message_thread_id: 7 });
  t.match(sent.result, {
    message_id: 1,
    message_thread_id: 7,
    text: "18 & 1",
    entities: [{ type: "bold", offset: 0, length: 2 }],
    chat: { id: -1001, type: "supergroup", title: "Дежурные" },
    from: { is_bot: true, username: "poswatch_bot" },
  });
  const place = { chat_id: GROUP.id, message_id: 1 };
  t.match(await call("editMessageText", { ...place, text: "19" }), { ok: true, result: { text: "19" } });
  t.match(await call("editMessageText", { ...place, text: "19" }), {
    description: /^Bad Request: message is not modified/,
  });
  t.match(telegram.messages(GROUP.id), [{ id: 1, text: "19", history: [{ text: "18 & 1" }] }]);
  t.match(await say({ text: "20" }), { result: { message_id: 2 } });
  t.match(await call("deleteMessage", place), { ok: true, result: true });
  t.match(await call("deleteMessage", place), { description: "Bad Request: message to delete not found" });
  t.match(await call("editMessageText", { ...place, text: "21" }), {
    description: "Bad Request: message to edit not found",
  });
  t.same(changed, [-1001, -1001, -1001, -1001]);
  end();
  await say({ text: "22" });
  t.equal(changed.length, 4);
});

t.test("what people do waits for the bot until it is acknowledged", async (t) => {
  const { telegram, call } = await startSimulator(t);
  telegram.say(ANNA.id, "раз", ANNA);
  t.throws(() => telegram.say(-5, "раз", ANNA), /no chat -5/);
  const first = { update_id: 1001, message: { text: "раз", chat: { id: 501, type: "private" } } };
  t.match(await call("getUpdates"), { ok: true, result: [first] });
  t.match(await call("getUpdates", { offset: 1001, timeout: 30 }), { result: [first] }, "at once");
  const waiting = call("getUpdates", { offset: 1002, timeout: 30 });
  await waitFor(() => telegram.isListenedTo());
  telegram.say(ANNA.id, "два", ANNA);
  t.match(await waiting, { result: [{ update_id: 1002, message: { text: "два" } }] });
  t.equal(telegram.unacknowledged(), 1);
  t.same(await call("getUpdates", { offset: 1003 }), { ok: true, result: [] });

  const ousted = call("getUpdates", { offset: 1003, timeout: 30 });
  await waitFor(() => telegram.isListenedTo());
  t.same(await call("getUpdates", { offset: 1003 }), { ok: true, result: [] });
  t.match(await ousted, { error_code: 409, description: /^Conflict: terminated by other getUpdates/ });
});

t.test("a press waits for its answer, which the bot gives once", async (t) => {
  const { telegram, call, say } = await startSimulator(t);
  await say({
    text: "18",
    reply_markup: { inline_keyboard: [[{ text: "Занимаюсь", callback_data: "take:12" }]] },
  });
  await t.rejects(telegram.press(GROUP.id, 1, "Снять с себя", ANNA), /no button/);
  const pressed = telegram.press(GROUP.id, 1, "Занимаюсь", ANNA);
  const { result } = await call("getUpdates");
  const [{ callback_query }] = result as [{ callback_query: { id: string; data: string } }];
  t.equal(callback_query.data, "take:12");
  const answer = { callback_query_id: callback_query.id, text: "Занимаетесь", show_alert: true };
  t.match(await call("answerCallbackQuery", answer), { ok: true });
  t.strictSame(await pressed, { text: "Занимаетесь", isAlert: true });
  t.match(await call("answerCallbackQuery", answer), { ok: false, description: /query is too old/ });

  const forgotten = telegram.press(GROUP.id, 1, "Занимаюсь", ANNA);
  await Promise.all([t.rejects(forgotten, /is closed/), telegram.close()]);
});

t.test("HTML is read as it is shown", async (t) => {
  t.strictSame(
    readTelegramHtml('<B>a &lt; b</B> <a href="https://x.example">c</a> &#128308;&copy; <code></code>'),
    {
      text: "a < b c 🔴&copy;",
      entities: [
        { type: "bold", offset: 0, length: 5 },
        { type: "text_link", offset: 6, length: 1 },
      ],
    },
  );
});
