import t from "tap";
import { contentOf } from "../../../src/monitor/notifications/channels/max/message-content.ts";
import type { MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { OPEN } from "../../helpers/max.ts";
import { outgoingMessage } from "../../helpers/outgoing-message.ts";
import { readContent } from "../../helpers/simulated-max/content.ts";

const MAX_LENGTH = 4000;

/** What MAX is sent, and how it reads it. */
function said(text: Partial<MessageText>, mayLinkButton = true) {
  const content = contentOf(outgoingMessage({ text }), mayLinkButton);
  return readContent(content);
}

t.test("a message has its sign, title, paragraphs, list and footer", async (t) => {
  t.equal(
    said({ open: OPEN }).html,
    `🔴 <b>18 POS-серверов не обмениваются</b>

Одна причина: превышено время ожидания главного сервера.

С 02:00 — вероятно, главный сервер или сеть.

ООО «Вкусный дом» — 4
Кофе и точка — 4

<i>5 в 02:01, 12 в 02:03, 18 в 02:04</i>`,
  );
  const over = {
    sign: "over",
    title: "Восстановлено за 24 мин",
    list: [],
    footer: null,
    open: null,
  } as const;
  t.match(said(over).html, /^✅ <b>Восстановлено за 24 мин<\/b>\n\nОдна причина.*сеть\.$/s);
});

t.test("nothing of what it says is taken for a tag", async (t) => {
  const text = "<b>Rock & Roll</b> &lt; <script>";
  const all = { title: text, paragraphs: [text], list: [{ name: text, count: "<1>" }], footer: text };
  const { text: shown, markup } = said({ ...all, open: null });
  t.equal(shown, [`🔴 ${text}`, text, `${text} — <1>`, text].join("\n\n"));
  t.match(markup, [{ type: "strong" }, { type: "emphasized" }]);
});

t.test("a link that MAX takes no button for is written", async (t) => {
  const html = (url: string, mayLinkButton = true) =>
    said({ open: { text: "Открыть", url } }, mayLinkButton).html;
  const inner = html("http://poswatch.local:8080/incidents/12?a=1&b=2");
  t.match(inner, "\n\nОткрыть: http://poswatch.local:8080/incidents/12?a=1&amp;b=2\n\n<i>");
  t.notMatch(html(OPEN.url), "poswatch.ru");
  t.match(html(OPEN.url, false), "Открыть: https://poswatch.ru/incidents/12");
  t.notMatch(said({ open: null }).html, "Открыть");
});

t.test("a long message keeps title, link and footer, and is cut where it is read with ease", async (t) => {
  const open = { text: "Открыть", url: "http://poswatch/incidents/12" };
  const paragraphs = ["Первый абзац.", "слово & <слово> ".repeat(1_000), "Не помещается."];
  const { html, text } = said({ open, paragraphs });
  t.ok(html.length <= MAX_LENGTH && html.length > MAX_LENGTH - 60, `${html.length} characters`);
  t.match(text, /^🔴 18 POS-серверов не обмениваются\n\nПервый абзац\.\n\nслово/);
  const end =
    /(?:слово|<слово>|&)…\n\nОткрыть: http:\/\/poswatch\/incidents\/12\n\n5 в 02:01, 12 в 02:03, 18 в 02:04$/;
  t.match(text, end);

  const list = Array.from({ length: 500 }, (_, index) => ({ name: `Кафе «${index}» & Ко`, count: "3" }));
  const listed = said({ list });
  t.ok(listed.html.length <= MAX_LENGTH && listed.html.length > MAX_LENGTH - 60, `${listed.html.length}`);
  t.match(listed.text, /» & Ко — 3\n…\n\nОткрыть: .*\n\n5 в 02:01/, "whole lines");
});

t.test("whatever its length, MAX takes it: tags and escapes are counted too", async (t) => {
  const url = `http://poswatch/?${"&a=1".repeat(200)}`;
  for (let length = 500; length < 4_200; length += 61) {
    for (const filling of ["&", "😀", "а б "]) {
      const long = filling.repeat(length / filling.length);
      const texts = {
        title: long,
        footer: long,
        paragraphs: [long, "Ещё <абзац>."],
        open: { text: "→", url },
      };
      const { html, text } = said(texts);
      if (html.length > MAX_LENGTH || !text.isWellFormed()) t.fail(`${length} of ${filling}: ${html.length}`);
      const isWhole = text.includes("Ещё <абзац>.") && text.includes("Кофе и точка — 4");
      if (!isWhole && !text.includes("…\n\n→") && !text.includes("…\n\n…"))
        t.fail(`${length} of ${filling}: not marked as cut`);
    }
  }
});
