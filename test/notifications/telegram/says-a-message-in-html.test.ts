import t from "tap";
import { readTelegramHtml } from "../../../src/demo/messengers/telegram-content.ts";
import { telegramHtml } from "../../../src/monitor/notifications/channels/telegram/telegram-html.ts";
import { messageText } from "../../helpers/outgoing-message.ts";

const MAX_LENGTH = 4096;

t.test("a message has its sign, title, paragraphs, list and footer", async (t) => {
  t.equal(
    telegramHtml(messageText()),
    `🔴 <b>18 POS-серверов не обмениваются</b>

Одна причина: превышено время ожидания главного сервера.

С 02:00 — вероятно, главный сервер или сеть.

ООО «Вкусный дом» — 4
Кофе и точка — 4

<i>5 в 02:01, 12 в 02:03, 18 в 02:04</i>`,
  );
  const over = messageText({ sign: "over", title: "Восстановлено за 24 мин", list: [], footer: null });
  t.match(telegramHtml(over), /^✅ <b>Восстановлено за 24 мин<\/b>\n\nОдна причина.*сеть\.$/s);
  t.match(telegramHtml(messageText({ sign: "calm", paragraphs: [], list: [], footer: null })), /^⚪ <b>/);
});

t.test("nothing of what it says is taken for a tag", async (t) => {
  const said = "<b>Rock & Roll</b> &lt; <script>";
  const text = messageText({
    title: said,
    paragraphs: [said],
    list: [{ name: said, count: "<1>" }],
    footer: said,
  });
  const { text: shown, entities } = readTelegramHtml(telegramHtml(text));
  t.equal(shown, [`🔴 ${said}`, said, `${said} — <1>`, said].join("\n\n"));
  t.strictSame(
    entities.map(({ type }) => type),
    ["bold", "italic"],
  );
});

t.test("a link that Telegram takes no button for is written", async (t) => {
  const html = (url: string) => telegramHtml(messageText({ open: { text: "Открыть", url } }));
  t.match(
    html("http://poswatch:8080/incidents/12?a=1&b=2"),
    "\n\nОткрыть: http://poswatch:8080/incidents/12?a=1&amp;b=2\n\n<i>",
  );
  t.notMatch(html("https://poswatch.example/incidents/12"), "poswatch.example");
  t.notMatch(telegramHtml(messageText({ open: null })), "Открыть");
});

t.test("a long message keeps title, link and footer, and is cut where it is read with ease", async (t) => {
  const open = { text: "Открыть", url: "http://poswatch/incidents/12" };
  const paragraphs = ["Первый абзац.", "слово & <слово> ".repeat(1_000), "Не помещается."];
  const { text } = readTelegramHtml(telegramHtml(messageText({ open, paragraphs })));
  t.ok(text.length <= MAX_LENGTH && text.length > MAX_LENGTH - 60, `${text.length} characters`);
  t.match(text, /^🔴 18 POS-серверов не обмениваются\n\nПервый абзац\.\n\nслово/);
  t.match(text, /[&о>]…\n\nОткрыть: http:\/\/poswatch\/incidents\/12\n\n5 в 02:01, 12 в 02:03, 18 в 02:04$/);

  const list = Array.from({ length: 500 }, (_, index) => ({ name: `Кафе «${index}» & Ко`, count: "3" }));
  const listed = readTelegramHtml(telegramHtml(messageText({ list }))).text;
  t.ok(listed.length <= MAX_LENGTH && listed.length > MAX_LENGTH - 60, `${listed.length} characters`);
  t.match(listed, /» & Ко — 3\n…\n\n5 в 02:01/, "whole lines");
});

t.test("whatever its length, it is read by Telegram and is no longer than it takes", async (t) => {
  for (let length = 3_700; length < 4_200; length += 7) {
    for (const filling of ["&", "😀", "а б "]) {
      const paragraphs = [filling.repeat(length / filling.length), "Ещё <абзац>."];
      const { text } = readTelegramHtml(telegramHtml(messageText({ title: "😀".repeat(300), paragraphs })));
      if (text.length > MAX_LENGTH || !text.isWellFormed()) t.fail(`${length} of ${filling}: ${text.length}`);
      const isWhole = text.includes("Ещё <абзац>.") && text.includes("Кофе и точка — 4");
      if (!isWhole && !/…\n\n5 в 02:01/.test(text)) t.fail(`${length} of ${filling}: not marked as cut`);
    }
  }
});
