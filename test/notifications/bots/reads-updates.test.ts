import t from "tap";
import { DIALECTS } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { readWritten } from "../../../src/monitor/notifications/channels/bots/dialect.ts";

const { telegram, max } = DIALECTS;
const NOW = Date.parse("2026-11-26T02:04:00Z");
const FROM = { id: "501", name: "Анна Иванова", username: "anna" };
const UNNAMED = { id: "501", name: "Анна", username: null };
const TAKE = { action: "take", incidentId: 12 };
/** What no button of Poswatch says. */
const NO_BUTTONS = ["", "take", "take:", "take:0", "take:1.5", "take:12 ", "buy:12", `take:${10 ** 15}`];

t.test("a code is a word after /start", async (t) => {
  const read = (text: string) => readWritten(text, FROM, "7");
  for (const text of ["/start a1B2-c3_", "/start  a1B2-c3_ "])
    t.strictSame(read(text), { kind: "start", code: "a1B2-c3_", from: FROM, chatId: "7" });
  for (const text of ["", "/start ", "/started a1B2", "/start a b", `/start ${"x".repeat(65)}`])
    t.strictSame(read(text), { kind: "text", text, from: FROM, chatId: "7" });
});

t.test("each messenger is asked for what people do, from where the last answer ended", async (t) => {
  const asked = { limit: 20, timeout: 25, allowed_updates: ["message", "callback_query"] };
  t.strictSame(telegram.pollUpdates(null, 25_000).body, asked);
  t.strictSame(telegram.pollUpdates(7, 0).body, { ...asked, offset: 7, timeout: 0 });
  const types = "types=bot_started%2Cmessage_created%2Cmessage_callback";
  const path = `/updates?limit=20&timeout=25&${types}`;
  t.strictSame(max.pollUpdates(null, 25_000), { method: "GET", path });
  t.equal(max.pollUpdates(7, 0).path, `/updates?marker=7&limit=20&timeout=0&${types}`);
});

t.test("updates of Telegram are read, and acknowledged by their numbers", async (t) => {
  const read = (update: object) => telegram.readUpdates([{ update_id: 5, ...update }], 0)?.updates ?? null;
  const from = { id: 501, is_bot: false, first_name: "Анна", last_name: "Иванова", username: "anna" };
  const chat = { id: 501, type: "private", first_name: "Анна" };
  const group = { id: -1001234567890, type: "supergroup", title: "Дежурные" };
  const message = { message_id: 7, date: 1, chat, from, text: "/start a1B2" };
  const query = { id: "99", from, chat_instance: "1", data: "take:12" };
  const own = { from: FROM, chatId: "501" };
  t.strictSame(read({ message }), [{ kind: "start", code: "a1B2", ...own }]);
  t.strictSame(read({ message: { ...message, text: undefined } }), [{ kind: "text", text: "", ...own }]);
  t.match(read({ message: { ...message, from: { id: 501, first_name: "Анна" } } }), [{ from: UNNAMED }]);
  const press = { kind: "button", callbackId: "99", from: FROM, data: null };
  t.strictSame(read({ callback_query: query }), [{ ...press, data: TAKE }]);
  for (const data of [...NO_BUTTONS, undefined])
    t.strictSame(read({ callback_query: { ...query, data } }), [press]);
  for (const none of [
    { message: { ...message, chat: group } },
    { message: { ...message, from: undefined } },
    { message: { ...message, from: { ...from, id: "501" } } },
    { message: 5 },
    { edited_message: message },
  ])
    t.strictSame(read(none), []);
  const several = [{ update_id: 5, message }, { update_id: 9, message }, { update_id: 11 }];
  const { updates, next } = telegram.readUpdates(several, 0) ?? {};
  t.strictSame([updates?.length, next], [2, 12]);
  t.strictSame(telegram.readUpdates([], 0), { updates: [], next: null });
  for (const none of [null, {}, 5, [5], [{ update: 1 }]]) t.equal(telegram.readUpdates(none, 0), null);
});

t.test("updates of MAX are read if they are new, and acknowledged together", async (t) => {
  const read = (update: unknown) => max.readUpdates({ updates: [update], marker: 7 }, NOW)?.updates ?? null;
  const user = { user_id: 501, first_name: "Анна", last_name: "Иванова", username: "anna", is_bot: false };
  const dialog = { chat_id: 182000501, chat_type: "dialog", user_id: 229229229 };
  const written = (sender?: object, text: unknown = "/start a1B2", recipient: object = dialog) => ({
    update_type: "message_created",
    timestamp: NOW,
    message: { recipient, timestamp: NOW, body: { mid: "mid.1", seq: 1, text }, sender },
  });
  const pressed = (payload: unknown) => ({
    update_type: "message_callback",
    timestamp: NOW,
    callback: { timestamp: NOW, callback_id: "f9LH", user, payload },
  });
  const started = { update_type: "bot_started", timestamp: NOW, chat_id: 182000501, user };
  const own = { from: FROM, chatId: "user:501" };
  const start = { kind: "start", code: "a1B2", ...own };
  t.strictSame(read(written(user)), [start]);
  t.strictSame(read(written(user, null)), [{ kind: "text", text: "", ...own }], "a picture");
  const unnamed = { user_id: 501, first_name: "Анна", last_name: "", username: null };
  t.match(read(written(unnamed)), [{ from: UNNAMED }]);
  const press = { kind: "button", callbackId: "f9LH", from: FROM, data: null };
  t.strictSame(read(pressed("take:12")), [{ ...press, data: TAKE }]);
  for (const payload of [...NO_BUTTONS, null, undefined]) t.strictSame(read(pressed(payload)), [press]);
  t.strictSame(read({ ...started, payload: "a1B2" }), [start]);
  for (const payload of [undefined, null, "", "a b", "x".repeat(65)])
    t.match(read({ ...started, payload }), [{ kind: "text", ...own }]);
  for (const none of [
    { ...written(user), timestamp: NOW - 1 },
    written(user, "/start a1B2", { chat_id: -70000000000005, chat_type: "chat" }),
    written({ ...user, is_bot: true }),
    written({ user_id: "501" }),
    written(),
    null,
    { update_type: "message_created", timestamp: NOW },
    { update_type: "bot_added", timestamp: NOW },
  ])
    t.strictSame(read(none), []);
  const two = { updates: [written(user), null, pressed("take:12")], marker: 7 };
  const { updates, next } = max.readUpdates(two, 0) ?? {};
  t.strictSame([updates?.length, next], [2, 7]);
  for (const none of [null, {}, 5, { updates: 5 }, { updates: [], marker: "5" }])
    t.equal(max.readUpdates(none, 0), null, JSON.stringify(none));
});
