import t from "tap";
import { emailHtml, emailText } from "../../../src/monitor/notifications/channels/email/compose-email.ts";
import type { MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { INCIDENT_TEXT } from "../../helpers/notified-incident.ts";
import { textOf } from "../../helpers/page.ts";

t.test("as plain text", async (t) => {
  t.equal(
    emailText(INCIDENT_TEXT, "ru"),
    `18 POS-серверов не обмениваются

Одна причина: превышено время ожидания главного сервера.
С 02:00 — вероятно, главный сервер или сеть.

Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит.

ООО «Вкусный дом» — 5
Кофе и точка — 4
Пекарня №1 — 4
Суши Бар — 3
Сеть «Север» — 2

Открыть: https://poswatch.example.ru/incidents/118
Занимаюсь: https://poswatch.example.ru/incidents/118/taking

5 в 02:01, 12 в 02:03, 18 в 02:04
`,
  );
  t.match(emailText(INCIDENT_TEXT, "en"), "Суши Бар: 3");
});

t.test("as HTML, in the same order", async (t) => {
  const body = emailHtml(INCIDENT_TEXT, "ru").replace(/^[\s\S]*mso-hide:all;[\s\S]*?<\/div>/, "");
  t.equal(
    textOf(body.replaceAll("&nbsp;", " ")),
    "● 18 POS-серверов не обмениваются Одна причина: превышено время ожидания главного сервера. С 02:00 — вероятно, главный сервер или сеть. Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит. ООО «Вкусный дом» 5 Кофе и точка 4 Пекарня №1 4 Суши Бар 3 Сеть «Север» 2 Открыть Занимаюсь 5 в 02:01, 12 в 02:03, 18 в 02:04",
  );
});

t.test("beside the subject stands what comes next, and nothing after it", async (t) => {
  const [, preheader = ""] = /mso-hide:all;">([\s\S]*?)<\/div>/.exec(emailHtml(INCIDENT_TEXT, "ru")) ?? [];
  t.match(preheader, /^Одна причина: превышено время ожидания главного сервера\. С 02:00 — [^<]*…&#847;/);
});

t.test("each sign has a shape and a colour, and a page its language", async (t) => {
  for (const [sign, symbol] of [
    ["failing", "●"],
    ["over", "✓"],
    ["calm", "○"],
  ] as const) {
    const html = emailHtml({ ...INCIDENT_TEXT, sign }, "ru");
    const [, colour] = /<td width="4" bgcolor="(#[0-9a-f]{6})"/.exec(html) ?? [];
    t.match(html, `<span aria-hidden="true" style="color:${colour};">${symbol}</span>`);
    t.match(html, '<html lang="ru">');
    t.match(html, '<meta name="color-scheme" content="light dark">');
  }
  t.match(emailHtml(INCIDENT_TEXT, "en"), '<html lang="en">');
});

t.test("Outlook is asked for nothing that Word does not know", async (t) => {
  const html = emailHtml(INCIDENT_TEXT, "ru");
  t.notMatch(
    html,
    /flex|grid|position:|float|background-image|background:|url\(|<style|<link|<script|<img|class=|<v:/i,
  );
  const tables = html.match(/<table[^>]*>/g) ?? [];
  t.ok(tables.length >= 4);
  for (const table of tables)
    t.match(table, /role="presentation" cellpadding="0" cellspacing="0" border="0"/);
  t.match(html, '<table width="600"');
  t.match(html, /<td align="center" bgcolor="#155dd4"[^>]*mso-padding-alt:12px 22px;/);
});

t.test("what is not there leaves no gap", async (t) => {
  const nothing = { paragraphs: [], list: [], footer: null, open: null, acknowledgement: null };
  const bare: MessageText = { ...INCIDENT_TEXT, ...nothing };
  t.equal(emailText(bare, "ru"), "18 POS-серверов не обмениваются\n");
  t.equal(emailHtml(bare, "ru").match(/<tr>/g)?.length, 2, "the page and its title");
});

t.test("one can take care of it from the mail, and no longer do so on the page alone", async (t) => {
  const acknowledgement = {
    text: "Снять с себя",
    action: "release",
    url: "https://poswatch.example.ru/release",
  } as const;
  for (const other of [
    { acknowledgement },
    { acknowledgement: { text: "Занимаюсь", action: "take", url: null } as const },
  ]) {
    const text = { ...INCIDENT_TEXT, ...other };
    t.equal(emailHtml(text, "ru").match(/<a /g)?.length, 1);
    t.notMatch(emailText(text, "ru"), other.acknowledgement.text);
  }
});
