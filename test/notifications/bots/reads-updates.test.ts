import t from "tap";
import { DIALECTS } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { readWritten } from "../../../src/monitor/notifications/channels/bots/updates.ts";

const { telegram, max } = DIALECTS;
const NOW = Date.parse("2026-11-26T02:04:00Z");
const FROM = { id: "501", name: "Анна Иванова", username: "anna" };
/** What no button of ours says. */
const NO_BUTTONS = ["", "take", "take:", "take:0", "take:1.5", "take:12 ", "buy:12", `take:${10 ** 15}`];
const UNNAMED = { id: "501", name: "Анна", username: null };

t.test("a code is one in any chat, all else where the bot is alone with somebody", async (t) => {
  const read = (text: string, isPrivate: boolean) => readWritten(text, FROM, "7", isPrivate);
  const start = { kind: "start", code: "a1B2-c3_", from: FROM, chatId: "7" };
  for (const text of ["/start a1B2-c3_", "/start@poswatch_bot  a1B2-c3_ "])
    for (const isPrivate of [true, false]) t.strictSame(read(text, isPrivate), { ...start, isPrivate });
  for (const text of ["", "/start ", "/started a1B2", "/start a b", `/start ${"x".repeat(65)}`]) {
    t.strictSame(read(text, true), { kind: "text", text, from: FROM, chatId: "7" });
    t.equal(read(text, false), null);
  }
});

t.test("each messenger is asked for what people do, from where the last answer ended", async (t) => {
  const asked = { limit: 20, timeout: 25, allowed_updates: ["message", "callback_query"] };
  t.strictSame(telegram.pollUpdates(null, 25_000).body, asked);
  t.strictSame(telegram.pollUpdates(7, 0).body, { ...asked, offset: 7, timeout: 0 });
  const types = "types=bot_started%2Cmessage_created%2Cmessage_callback";
  t.strictSame(max.pollUpdates(null, 25_000), {
    method: "GET",
    path: `/updates?limit=20&timeout=25&${types}`,
  });
  t.equal(max.pollUpdates(7, 0).path, `/updates?marker=7&limit=20&timeout=0&${types}`);
});

t.test("updates of Telegram are read, and acknowledged by their numbers", async (t) => {
  const read = (update: object) =>
    telegram.readUpdates([{ update_id: 5, ...update }], 5, NOW)?.updates[0] ?? null;
  const from = { id: 501, is_bot: false, first_name: "Анна", last_name: "Иванова", username: "anna" };
  const group = { id: -1001234567890, type: "supergroup", title: "Дежурные" };
  const alone = { id: 501, type: "private", first_name: "Анна" };
  const message = { message_id: 7, date: 1, chat: group, from, text: "/start a1B2" };
  const query = {
    id: "99",
    from,
    chat_instance: "1",
    message: { ...message, from: undefined },
    data: "take:12",
  };
  const start = { kind: "start", code: "a1B2", from: FROM, chatId: "-1001234567890", isPrivate: false };
  const press = { kind: "button", callbackId: "99", from: FROM, chatId: "-1001234567890", data: null };
  const picture = { message: { ...message, chat: alone, text: undefined } };
  t.strictSame(read({ message }), start);
  t.strictSame(read({ message: { ...message, chat: alone } }), { ...start, chatId: "501", isPrivate: true });
  t.strictSame(read(picture), { kind: "text", text: "", from: FROM, chatId: "501" });
  t.match(read({ message: { ...message, from: { id: 501, first_name: "Анна" } } }), { from: UNNAMED });
  t.strictSame(read({ callback_query: query }), { ...press, data: { action: "take", incidentId: 12 } });
  for (const data of [...NO_BUTTONS, undefined])
    t.strictSame(read({ callback_query: { ...query, data } }), press);
  for (const none of [
    { message: { ...message, text: undefined } },
    { message: { ...message, from: undefined } },
    { message: { ...message, from: { ...from, id: "501" } } },
    { message: 5 },
    { edited_message: message },
    { callback_query: { ...query, message: undefined } },
  ])
    t.equal(read(none), null);
  const numbered = [5, 9].map((update_id) => ({ update_id, message }));
  const { updates, next } = telegram.readUpdates([...numbered, { update_id: 11 }], 6, NOW) ?? {};
  t.equal(updates?.length, 1, "not what is done, and not what says nothing");
  t.equal(next, 12);
  t.strictSame(telegram.readUpdates([{ update_id: 5 }], 6, NOW), { updates: [], next: null });
  for (const none of [null, {}, 5, [5], [{ update: 1 }]]) t.equal(telegram.readUpdates(none, 5, NOW), null);
});

t.test("updates of MAX are read, and acknowledged together", async (t) => {
  const read = (update: unknown) =>
    max.readUpdates({ updates: [update], marker: 7 }, 5, NOW)?.updates[0] ?? null;
  const user = { user_id: 501, first_name: "Анна", last_name: "Иванова", username: "anna", is_bot: false };
  const group = { chat_id: -70000000000005, chat_type: "chat" };
  const dialog = { chat_id: 182000501, chat_type: "dialog", user_id: 229229229 };
  const body = { mid: "mid.1", seq: 1, text: "/start a1B2" };
  const written = (sender?: object, recipient: object = group, text: unknown = body.text) => ({
    update_type: "message_created",
    timestamp: NOW,
    user_locale: "ru",
    message: { recipient, timestamp: NOW, body: { ...body, text }, sender },
  });
  const pressed = (payload: unknown, recipient: object | null = group) => ({
    update_type: "message_callback",
    timestamp: NOW,
    callback: { timestamp: NOW, callback_id: "f9LH", user, payload },
    message: recipient && { recipient, timestamp: NOW, body, sender: {} },
  });
  const started = { update_type: "bot_started", timestamp: NOW, chat_id: 182000501, user };
  const own = { from: FROM, chatId: "user:501" };
  const start = { kind: "start", code: "a1B2", from: FROM, chatId: "-70000000000005", isPrivate: false };
  const press = { kind: "button", callbackId: "f9LH", from: FROM, chatId: "-70000000000005", data: null };
  t.strictSame(read(written(user)), start);
  t.strictSame(read(written(user, dialog)), { ...start, ...own, isPrivate: true });
  t.strictSame(read(written(user, dialog, null)), { kind: "text", text: "", ...own }, "a picture");
  const unnamed = { user_id: 501, first_name: "Анна", last_name: "", username: null };
  t.match(read(written(unnamed)), { from: UNNAMED });
  const data = { action: "take", incidentId: 12 };
  t.strictSame(read(pressed("take:12")), { ...press, data });
  t.strictSame(read(pressed("take:12", dialog)), { ...press, ...own, data });
  for (const payload of [...NO_BUTTONS, null, undefined]) t.strictSame(read(pressed(payload)), press);
  t.strictSame(read({ ...started, payload: "a1B2" }), { ...start, ...own, isPrivate: true });
  for (const payload of [undefined, null, "", "a b", "x".repeat(65)])
    t.strictSame(read({ ...started, payload }), { kind: "text", text: "", ...own });
  for (const none of [
    written(user, group, null),
    written({ ...user, is_bot: true }),
    written({ user_id: "501" }),
    written(),
    pressed("take:12", null),
    null,
    { update_type: "message_created" },
    { update_type: "bot_added" },
  ])
    t.equal(read(none), null);

  const two = { updates: [written(user), null, pressed("take:12")], marker: 7 };
  const { updates, next } = max.readUpdates(two, 5, NOW) ?? {};
  t.strictSame([updates?.length, next], [2, 7]);
  t.strictSame(max.readUpdates(two, 7, NOW), { updates: [], next: 7 }, "what it says again is known");
  for (const none of [null, {}, 5, { updates: 5 }, { updates: [], marker: "5" }])
    t.equal(max.readUpdates(none, 5, NOW), null, JSON.stringify(none));
});
