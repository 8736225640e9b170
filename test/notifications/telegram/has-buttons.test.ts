import t from "tap";
import { buttonData, readButtonData } from "../../../src/monitor/notifications/channels/bots/button-data.ts";
import { isButtonUrl, keyboardOf } from "../../../src/monitor/notifications/channels/telegram/buttons.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";

t.test("what a button says is read as it was written, and nothing else is", async (t) => {
  t.equal(buttonData("take", 12), "take:12");
  t.same(readButtonData("take:12"), { action: "take", incidentId: 12 });
  t.same(readButtonData(buttonData("release", 999_999_999)), { action: "release", incidentId: 999_999_999 });
  for (const other of [
    "",
    "take",
    "take:",
    "take:0",
    "take:1.5",
    "take:12 ",
    "drop:12",
    "take:1234567890123456",
  ])
    t.equal(readButtonData(other), null, other);
});

t.test("one row has «Занимаюсь» and «Открыть»", async (t) => {
  const open = { text: "Открыть", url: "https://poswatch.example/incidents/12" };
  const taking = { text: "Занимаюсь", callback_data: "take:12" };
  t.strictSame(keyboardOf(outgoingMessage(), false), { inline_keyboard: [[taking, open]] });
  t.strictSame(keyboardOf(outgoingMessage(), true), { inline_keyboard: [[taking]] });
  const over = outgoingMessage({ text: { taking: null } });
  t.strictSame(keyboardOf(over, false), { inline_keyboard: [[open]] });
  t.strictSame(keyboardOf(outgoingMessage({ text: { taking: null, open: null } }), false), null);
  const release = { text: "Снять с себя", action: "release", url: null } as const;
  t.match(keyboardOf(outgoingMessage({ text: { taking: release } }), false), {
    inline_keyboard: [[{ text: "Снять с себя", callback_data: "release:12" }, open]],
  });
  t.strictSame(keyboardOf(outgoingMessage({ incident: null }), false), { inline_keyboard: [[open]] });
});

t.test("Telegram takes buttons for names with a dot and for other machines", async (t) => {
  for (const url of ["https://poswatch.example/a", "http://10.0.0.5:8080/", "https://status.кафе.рф/"])
    t.ok(isButtonUrl(url), url);
  for (const url of [
    "http://localhost:8080/",
    "http://poswatch/",
    "http://127.0.0.1:8080/incidents/12",
    "http://[::1]/",
    "https://[2001:db8::1]/",
    "http://pos.localhost/",
    "http://localhost./",
    "ftp://poswatch.example/",
    "javascript:alert(1)",
    "",
  ])
    t.notOk(isButtonUrl(url), url);
});
