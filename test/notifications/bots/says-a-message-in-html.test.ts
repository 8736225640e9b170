import t from "tap";
import { readHtml } from "../../../src/demo/messengers/html-text.ts";
import { readTelegramHtml } from "../../../src/demo/messengers/telegram-content.ts";
import { DIALECTS } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { messageHtml } from "../../../src/monitor/notifications/channels/bots/message-html.ts";
import type { MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { INCIDENT_TEXT } from "../../helpers/notified-incident.ts";

/** How each messenger reads it; refusals are thrown. */
const READERS = {
  telegram: (html: string) => readTelegramHtml(html).text,
  max(html: string) {
    if (html.length > 4_000) throw new Error("Field 'text' is too long");
    return readHtml(html, { b: "strong", i: "emphasized" }).text;
  },
};
const KINDS = ["telegram", "max"] as const;
const LINK = { text: "Открыть", url: "http://poswatch/incidents/12?a=1&b=2" };

t.test("a message has its sign, title, paragraphs, list and footer", async (t) => {
  for (const kind of KINDS) {
    const html = (text?: Partial<MessageText>) =>
      messageHtml({ ...INCIDENT_TEXT, ...text }, false, DIALECTS[kind].room);
    t.equal(
      html(),
      `🔴 <b>18 POS-серверов не обмениваются</b>

Одна причина: превышено время ожидания главного сервера.
С 02:00 — вероятно, главный сервер или сеть.

Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит.

ООО «Вкусный дом» — 5
Кофе и точка — 4
Пекарня №1 — 4
Суши Бар — 3
Сеть «Север» — 2

<i>5 в 02:01, 12 в 02:03, 18 в 02:04</i>`,
    );
    const over = { sign: "over", title: "Восстановлено за 24 мин", list: [], footer: null } as const;
    t.match(html(over), /^✅ <b>Восстановлено за 24 мин<\/b>\n\nОдна причина.*ответит\.$/s);
    t.equal(html({ ...over, sign: "calm", title: "Тихо", paragraphs: [] }), "⚪ <b>Тихо</b>");
  }
});

t.test("nothing of what it says is taken for a tag", async (t) => {
  const said = "<b>Rock & Roll</b> &lt; <script>";
  const text: MessageText = {
    ...INCIDENT_TEXT,
    ...{ title: said, paragraphs: [said], list: [{ name: said, count: "<1>" }], footer: said },
    open: { text: said, url: "http://poswatch/" },
  };
  for (const kind of KINDS) {
    const shown = READERS[kind](messageHtml(text, true, DIALECTS[kind].room));
    t.equal(shown, [`🔴 ${said}`, said, `${said} — <1>`, `${said}: http://poswatch/`, said].join("\n\n"));
  }
});

t.test("a link is written where there is no button for it", async (t) => {
  const { room } = DIALECTS.max;
  const written = "\n\nОткрыть: http://poswatch/incidents/12?a=1&amp;b=2\n\n<i>";
  t.match(messageHtml({ ...INCIDENT_TEXT, open: LINK }, true, room), written);
  t.notMatch(messageHtml({ ...INCIDENT_TEXT, open: LINK }, false, room), "poswatch");
  t.notMatch(messageHtml({ ...INCIDENT_TEXT, open: null }, true, room), "Открыть");
});

t.test("a long message keeps title, link and footer, and is cut where it is read with ease", async (t) => {
  const paragraphs = ["Первый абзац.", "слово & <слово> ".repeat(1_000), "Не помещается."];
  const list = Array.from({ length: 500 }, (_, index) => ({ name: `Кафе «${index}» & Ко`, count: "3" }));
  const end = "\n\nОткрыть: http://poswatch/incidents/12?a=1&b=2\n\n5 в 02:01, 12 в 02:03, 18 в 02:04";
  for (const kind of KINDS) {
    const { room } = DIALECTS[kind];
    const read = (text: Partial<MessageText>) => {
      const html = messageHtml({ ...INCIDENT_TEXT, open: LINK, ...text }, true, room);
      const free = room.maxLength - room.lengthOf(html);
      t.ok(free >= 0 && free < 60, `${free} characters are left`);
      const shown = READERS[kind](html);
      t.ok(shown.endsWith(end), shown.slice(-200));
      return shown.slice(0, -end.length);
    };
    const long = read({ paragraphs });
    t.match(long, /^🔴 18 POS-серверов не обмениваются\n\nПервый абзац\.\n\nслово/);
    t.match(long, /(?:слово|<слово>|&)…$/, "between words");
    t.match(read({ list }), /» & Ко — 3\n…$/, "whole lines");
  }
});

t.test("whatever its length, each messenger takes it: MAX counts tags and escapes too", async (t) => {
  const open = { text: "→", url: `http://poswatch/?${"&a=1".repeat(200)}` };
  for (const kind of KINDS) {
    const { room } = DIALECTS[kind];
    for (let length = 500; length < 4_200; length += 61) {
      for (const filling of ["&", "😀", "а б "]) {
        const long = filling.repeat(length / filling.length);
        const text = { title: long, footer: long, paragraphs: [long, "Ещё <абзац>."], open };
        for (const changes of [text, { ...text, footer: "5 в 02:01", title: "😀".repeat(300) }]) {
          const html = messageHtml({ ...INCIDENT_TEXT, ...changes }, true, room);
          const shown = READERS[kind](html);
          const what = `${kind}: ${length} of ${filling}: ${room.lengthOf(html)}`;
          if (room.lengthOf(html) > room.maxLength || !shown.isWellFormed()) t.fail(what);
          const isWhole = shown.includes("Ещё <абзац>.") && shown.includes("Кофе и точка — 4");
          if (!isWhole && !/…\n\n[→…]/.test(shown)) t.fail(`${what}: not marked as cut`);
        }
      }
    }
  }
});
