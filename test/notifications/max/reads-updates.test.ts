import t from "tap";
import { readUpdate } from "../../../src/monitor/notifications/channels/max/read-update.ts";

const USER = {
  ...{ user_id: 501, first_name: "Анна", last_name: "Иванова", username: "anna", is_bot: false },
  ...{ last_activity_time: 1775025580000, name: "Анна Иванова" },
};
const FROM = { id: "501", name: "Анна Иванова", username: "anna" };
const DIALOG = { chat_id: 182000501, chat_type: "dialog", user_id: 229229229 };
const GROUP = { chat_id: -70000000000005, chat_type: "chat" };
const ELSEWHERE = { chatId: "-70000000000005", isPrivate: false };

function said(text: string | null | undefined, recipient: object, sender: object | undefined = USER) {
  const message = { recipient, timestamp: 1, body: { mid: "mid.1", seq: 1, text }, sender };
  return readUpdate({ update_type: "message_created", timestamp: 1, message, user_locale: "ru" });
}

t.test("a press says which button, by whom and below which message", async (t) => {
  const callback = { timestamp: 1, callback_id: "f9LH", user: USER, payload: "take:12" };
  const message = { recipient: GROUP, timestamp: 1, body: { mid: "mid.7", seq: 1, text: "…" }, sender: {} };
  const update = { update_type: "message_callback", timestamp: 1, callback, message };
  const press = {
    kind: "button",
    callbackId: "f9LH",
    from: FROM,
    chatId: "-70000000000005",
    messageId: "mid.7",
  };
  t.strictSame(readUpdate(update), { ...press, data: { action: "take", incidentId: 12 } });
  for (const payload of ["buy:12", "", null, undefined])
    t.strictSame(readUpdate({ ...update, callback: { ...callback, payload } }), { ...press, data: null });
  const inDialog = { ...message, recipient: { ...DIALOG, user_id: 501 } };
  t.match(readUpdate({ ...update, message: inDialog }), { chatId: "user:501" });
  t.equal(readUpdate({ ...update, message: null }), null, "the message was deleted meanwhile");
});

t.test("a link to the bot carries a code, or none", async (t) => {
  const started = { update_type: "bot_started", timestamp: 1, chat_id: 182000501, user: USER };
  const start = { kind: "start", code: "a1B2-c3_", from: FROM, chatId: "user:501", isPrivate: true };
  t.strictSame(readUpdate({ ...started, payload: "a1B2-c3_" }), start);
  const text = { kind: "text", text: "", from: FROM, chatId: "user:501" };
  for (const payload of [undefined, null, "", "a b", "x".repeat(65)])
    t.strictSame(readUpdate({ ...started, payload }), text);
});

t.test("a code is one in any chat, all else only where the bot is alone with somebody", async (t) => {
  const start = { kind: "start", code: "a1B2-c3_", from: FROM };
  t.strictSame(said("/start a1B2-c3_", DIALOG), { ...start, chatId: "user:501", isPrivate: true });
  t.strictSame(said("/start@poswatch_bot  a1B2-c3_ ", GROUP), { ...start, ...ELSEWHERE });
  const text = (text: string) => ({ kind: "text", text, from: FROM, chatId: "user:501" });
  for (const other of ["/start", "/start ", "/started a1B2", "/start a b", "Привет"])
    t.strictSame(said(other, DIALOG), text(other));
  for (const other of [null, undefined]) t.strictSame(said(other, DIALOG), text(""), "a picture");
  t.equal(said("Привет", GROUP), null);
});

t.test("what has another shape, or is of a bot, is left out", async (t) => {
  t.equal(said("Привет", DIALOG, { ...USER, is_bot: true }), null);
  t.equal(said("/start a1B2", GROUP, { user_id: "501" }), null);
  for (const other of [null, "text", {}, { update_type: "message_created" }, { update_type: "bot_added" }])
    t.equal(readUpdate(other), null);
  const nameless = { user_id: 501, first_name: "Анна", last_name: "", username: null };
  t.match(said("Привет", DIALOG, nameless), { from: { id: "501", name: "Анна", username: null } });
});
