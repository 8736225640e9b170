import t from "tap";
import { DIALECTS } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { messageHtml } from "../../../src/monitor/notifications/channels/bots/message-html.ts";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import type { IncidentFacts, MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { BOTS } from "../../helpers/bots.ts";
import { INCIDENT_FACTS, INCIDENT_TEXT, OPEN, toldIncident } from "../../helpers/notified-incident.ts";
import { readHtml } from "../../helpers/simulated-messenger.ts";
import { readTelegramHtml } from "../../helpers/telegram.ts";

/** How each messenger reads it; refusals are thrown. */
const READERS = {
  telegram: (html: string) => readTelegramHtml(html),
  max(html: string) {
    if (html.length > 4_000) throw new Error("Field 'text' is too long");
    return readHtml(html, ["b", "i"]);
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
    title: said,
    paragraphs: [said],
    list: [{ name: said, count: "<1>" }],
    footer: said,
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

const { signal } = new AbortController();
const RELEASE = { text: "Снять с себя", action: "release", url: null } as const;

for (const { kind, start } of BOTS) {
  t.test(`${kind}: one row has «Занимаюсь» and «Открыть»`, async (t) => {
    const bot = await start(t);
    const send = createBotSend(bot.channel());
    const shown = async (
      text: Partial<MessageText> = {},
      incident = INCIDENT_FACTS as IncidentFacts | null,
    ) => {
      t.match(await send(toldIncident({ incident }, text), signal), { ok: true });
      return bot.messages().at(-1)?.buttons;
    };
    const take = { text: "Занимаюсь", data: "take:118" };
    t.strictSame(await shown(), [take, OPEN]);
    t.strictSame(await shown({ open: null }), [take]);
    t.strictSame(await shown({ acknowledgement: null }), [OPEN]);
    t.strictSame(await shown({ open: null, acknowledgement: null }), []);
    const release = { text: "Снять с себя", data: "release:118" };
    t.strictSame(await shown({ acknowledgement: RELEASE }), [release, OPEN]);
    t.strictSame(await shown({}, null), [OPEN]);
    const long = { text: "слово\n".repeat(50), url: OPEN.url };
    const [{ text = "" } = {}] = (await shown({ open: long, acknowledgement: null })) ?? [];
    t.ok(text.length <= 128 && text.endsWith("слово слово…"), text);
  });

  t.test(`${kind}: a link that is none of the web, or leads nowhere else, is no button`, async (t) => {
    const bot = await start(t);
    const send = createBotSend(bot.channel());
    for (const url of ["http://localhost/", "http://poswatch/", "ftp://poswatch.ru/", "javascript:1", ""]) {
      await send(toldIncident({}, { open: { text: "Открыть", url }, acknowledgement: null }), signal);
      const message = bot.messages().at(-1);
      t.strictSame(message?.buttons, [], url);
      t.match(message?.text, `Открыть: ${url}`.trim(), "it is written instead");
    }
  });
}

t.test("each messenger takes buttons for some hosts", async (t) => {
  const hosts = {
    telegram: {
      taken: "poswatch.example 10.0.0.5:8080 status.кафе.рф poswatch.local",
      refused: "localhost:8080 poswatch 127.0.0.1:8080 0.0.0.1 [::1] [2001:db8::1] pos.localhost localhost.",
    },
    max: {
      taken: "poswatch.ru 10.0.0.5:8080 127.0.0.1:8080 [::1] status.кафе.рф",
      refused: "localhost:8080 poswatch pos.local poswatch.LAN. pos.internal poswatch.example localhost.",
    },
  };
  for (const { kind } of BOTS) {
    const { taken, refused } = hosts[kind];
    const isTaken = (url: string) => DIALECTS[kind].isButtonUrl(new URL(url));
    for (const host of taken.split(" ")) t.ok(isTaken(`https://${host}/incidents/12`), `${kind}: ${host}`);
    for (const host of refused.split(" "))
      t.notOk(isTaken(`https://${host}/incidents/12`), `${kind}: ${host}`);
  }
  t.notOk(DIALECTS.max.isButtonUrl(new URL(`https://poswatch.ru/${"a".repeat(2048)}`)));
});
