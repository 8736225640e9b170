import t from "tap";
import { isButtonUrl, keyboardOf } from "../../../src/monitor/notifications/channels/max/buttons.ts";
import { contentOf } from "../../../src/monitor/notifications/channels/max/message-content.ts";
import { OPEN } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";

function keyboard(...buttons: object[]) {
  return { type: "inline_keyboard", payload: { buttons: [buttons] } };
}

t.test("one row has «Занимаюсь» and «Открыть»", async (t) => {
  const link = { type: "link", ...OPEN };
  const taking = { type: "callback", text: "Занимаюсь", payload: "take:12" };
  const message = outgoingMessage({ text: { open: OPEN } });
  t.strictSame(keyboardOf(message, false), keyboard(taking, link));
  t.strictSame(keyboardOf(message, true), keyboard(taking));
  const over = outgoingMessage({ text: { open: OPEN, taking: null } });
  t.strictSame(keyboardOf(over, false), keyboard(link));
  t.equal(keyboardOf(outgoingMessage({ text: { taking: null, open: null } }), false), null);
  const release = { text: "Снять с себя", action: "release", url: null } as const;
  t.strictSame(
    keyboardOf(outgoingMessage({ text: { open: OPEN, taking: release } }), false),
    keyboard({ type: "callback", text: "Снять с себя", payload: "release:12" }, link),
  );
  t.strictSame(keyboardOf(outgoingMessage({ incident: null, text: { open: OPEN } }), false), keyboard(link));
  const long = { text: "слово ".repeat(50), url: OPEN.url };
  const [[button] = []] =
    keyboardOf(outgoingMessage({ text: { open: long, taking: null } }), false)?.payload.buttons ?? [];
  const label = button?.text ?? "";
  t.ok(label.length <= 128 && label.endsWith("слово…"), label);
});

t.test("a message without buttons says so, so that those of before go away", async (t) => {
  t.match(contentOf(outgoingMessage({ text: { taking: null, open: null } }), true), { attachments: [] });
  t.match(contentOf(outgoingMessage({ text: { open: OPEN } }), false), {
    attachments: [keyboard({ type: "callback" })],
  });
});

t.test("MAX takes buttons for names of the internet and for addresses", async (t) => {
  for (const url of [
    "https://poswatch.ru/incidents/12",
    "http://10.0.0.5:8080/",
    "http://127.0.0.1:8080/",
    "http://[::1]/",
    "https://status.кафе.рф/",
  ])
    t.ok(isButtonUrl(url), url);
  for (const url of [
    "http://localhost:8080/",
    "http://poswatch/",
    "http://poswatch.local/",
    "http://poswatch.LAN./",
    "https://pos.internal/",
    "https://poswatch.example/",
    "ftp://poswatch.ru/",
    "javascript:alert(1)",
    "",
    `https://poswatch.ru/${"a".repeat(2048)}`,
  ])
    t.notOk(isButtonUrl(url), url);
});
