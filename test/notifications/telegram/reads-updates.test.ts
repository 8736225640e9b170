import t from "tap";
import { readUpdate } from "../../../src/monitor/notifications/channels/telegram/bot-update.ts";

const SENDER = { id: 501, is_bot: false, first_name: "Анна", last_name: "Иванова", username: "anna" };
const FROM = { id: "501", name: "Анна Иванова", username: "anna" };
const PRIVATE = { id: 501, type: "private", first_name: "Анна" };
const GROUP = { id: -1001234567890, type: "supergroup", title: "Дежурные" };

function said(text: string | undefined, chat: object, from: object | undefined = SENDER) {
  return readUpdate({ update_id: 1, message: { message_id: 2, date: 1, chat, from, text } });
}

t.test("a press says which button, by whom and below which message", async (t) => {
  const message = { message_id: 7, chat: GROUP, date: 1, text: "…" };
  const query = { id: "99", from: SENDER, chat_instance: "1", message, data: "take:12" };
  const press = { kind: "button", callbackId: "99", from: FROM, chatId: "-1001234567890", messageId: "7" };
  const data = { action: "take", incidentId: 12 };
  t.strictSame(readUpdate({ update_id: 1, callback_query: query }), { ...press, data });
  t.strictSame(readUpdate({ update_id: 1, callback_query: { ...query, data: "buy:12" } }), {
    ...press,
    data: null,
  });
  t.equal(readUpdate({ update_id: 1, callback_query: { ...query, message: undefined } }), null);
});

t.test("a code is one in any chat, all else only where the bot is alone with somebody", async (t) => {
  const start = { kind: "start", code: "a1B2-c3_", from: FROM };
  t.strictSame(said("/start a1B2-c3_", PRIVATE), { ...start, chatId: "501", isPrivate: true });
  t.strictSame(said("/start@poswatch_bot  a1B2-c3_ ", GROUP), {
    ...start,
    ...{ chatId: "-1001234567890", isPrivate: false },
  });
  const text = (text: string) => ({ kind: "text", text, from: FROM, chatId: "501" });
  for (const other of [
    "/start",
    "/start ",
    "/started a1B2",
    "/start a b",
    "Привет",
    `/start ${"x".repeat(65)}`,
  ])
    t.strictSame(said(other, PRIVATE), text(other));
  t.strictSame(said(undefined, PRIVATE), text(""), "a picture");
  t.equal(said("Привет", GROUP), null);
});

t.test("what has another shape is left out", async (t) => {
  t.equal(said("/start a1B2", GROUP, { id: "501" }), null);
  t.equal(readUpdate({ update_id: 1, message: { chat: PRIVATE, text: "/start a1B2" } }), null, "of nobody");
  for (const other of [null, "text", {}, { update_id: 1 }, { message: 5 }, { edited_message: {} }])
    t.equal(readUpdate(other), null);
  const nameless = { id: 501, first_name: "Анна" };
  t.match(said("Привет", PRIVATE, nameless), { from: { id: "501", name: "Анна", username: null } });
});
