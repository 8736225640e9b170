import t from "tap";
import { messageHtml } from "../../../src/monitor/notifications/channels/bots/message-html.ts";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import type { IncidentFacts, MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { BOTS } from "../../helpers/bots.ts";
import { INCIDENT_FACTS, INCIDENT_TEXT, OPEN, toldIncident } from "../../helpers/notified-incident.ts";
import { readHtml } from "../../helpers/simulated-messenger.ts";

const LINK = { text: "Открыть", url: "http://poswatch/incidents/12?a=1&b=2" };
const MAX_LENGTH = 4_000;

const htmlOf = (text: Partial<MessageText> = {}, isLinkWritten = false) =>
  messageHtml({ ...INCIDENT_TEXT, ...text }, "ru", isLinkWritten);

/** As both messengers read it; refusals are thrown. */
function shown(html: string): string {
  if (html.length > MAX_LENGTH) throw new Error("Field 'text' is too long");
  return readHtml(html);
}

t.test("a message has its sign, title, paragraphs, list and footer", async (t) => {
  t.equal(
    htmlOf(),
    `🔴 <b>18 POS-серверов не обмениваются</b>

Одна причина: превышено время ожидания главного сервера.
С 02:00 — вероятно, главный сервер или сеть.

Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит.

ООО «Вкусный дом» — 11
Суши Бар — 7

<i>5 в 02:01, 12 в 02:03, 18 в 02:04</i>`,
  );
  const over = { sign: "over", title: "Восстановлено за 24 мин", list: [], footer: null } as const;
  t.match(htmlOf(over), /^✅ <b>Восстановлено за 24 мин<\/b>\n\nОдна причина.*ответит\.$/s);
  t.equal(htmlOf({ ...over, sign: "calm", title: "Тихо", paragraphs: [] }), "⚪ <b>Тихо</b>");
});

t.test("nothing of what it says is taken for a tag", async (t) => {
  const said = "<b>Rock & Roll</b> &lt; <script>";
  const list = [{ name: said, count: "<1>" }];
  const open = { text: said, url: "http://poswatch/" };
  const html = htmlOf({ title: said, paragraphs: [said], list, footer: said, open }, true);
  t.equal(shown(html), [`🔴 ${said}`, said, `${said} — <1>`, `${said}: http://poswatch/`, said].join("\n\n"));
});

t.test("a link is written where there is no button for it", async (t) => {
  const written = "\n\nОткрыть: http://poswatch/incidents/12?a=1&amp;b=2\n\n<i>";
  t.match(htmlOf({ open: LINK }, true), written);
  t.notMatch(htmlOf({ open: LINK }, false), "poswatch");
  t.notMatch(htmlOf({ open: null }, true), "Открыть");
});

t.test("a long message keeps title, link and footer, and is cut between words", async (t) => {
  const paragraphs = ["Первый абзац.", "слово & <слово> ".repeat(1_000), "Не помещается."];
  const list = Array.from({ length: 500 }, (_, index) => ({ name: `Кафе «${index}» & Ко`, count: "3" }));
  const end = "\n\nОткрыть: http://poswatch/incidents/12?a=1&b=2\n\n5 в 02:01, 12 в 02:03, 18 в 02:04";
  for (const [text, cut] of [
    [
      { paragraphs },
      /^🔴 18 POS-серверов не обмениваются\n\nПервый абзац\.\n\nслово.*(?:слово|<слово>|&)…$/s,
    ],
    [{ list }, /» & Ко — 3\nКафе.*…$/s],
  ] as const) {
    const html = htmlOf({ open: LINK, ...text }, true);
    t.ok(html.length > MAX_LENGTH - 60, `${html.length} characters`);
    const read = shown(html);
    t.ok(read.endsWith(end), read.slice(-200));
    t.match(read.slice(0, -end.length), cut);
  }
});

t.test("whatever its length, messengers take it", async (t) => {
  const open = { text: "→", url: `http://poswatch/?${"&a=1".repeat(200)}` };
  for (let length = 500; length < 4_200; length += 61) {
    for (const filling of ["&", "😀", "а б "]) {
      const long = filling.repeat(length / filling.length);
      const text = { title: long, footer: long, paragraphs: [long, "Ещё <абзац>."], open };
      for (const changes of [text, { ...text, footer: "5 в 02:01", title: "😀".repeat(300) }]) {
        const read = shown(htmlOf(changes, true));
        const what = `${length} of ${filling}`;
        if (!read.isWellFormed()) t.fail(what);
        const isWhole = read.includes("Ещё <абзац>.") && read.includes("Суши Бар — 7");
        if (!isWhole && !/…\n\n[→…]/.test(read)) t.fail(`${what}: not marked as cut`);
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
    const buttons = async (
      text: Partial<MessageText> = {},
      incident: IncidentFacts | null = INCIDENT_FACTS,
    ) => {
      t.match(await send(toldIncident({ incident }, text), signal), { ok: true });
      return bot.messages().at(-1)?.buttons;
    };
    const take = { text: "Занимаюсь", data: "take:118" };
    t.strictSame(await buttons(), [take, OPEN]);
    t.strictSame(await buttons({ open: null }), [take]);
    t.strictSame(await buttons({ open: null, acknowledgement: null }), []);
    const release = { text: "Снять с себя", data: "release:118" };
    t.strictSame(await buttons({ acknowledgement: RELEASE }), [release, OPEN]);
    t.strictSame(await buttons({}, null), [OPEN]);
    const long = { text: "слово\n".repeat(50), url: OPEN.url };
    const [{ text = "" } = {}] = (await buttons({ open: long, acknowledgement: null })) ?? [];
    t.ok(text.length <= 128 && text.endsWith("слово слово…"), text);
  });
}
