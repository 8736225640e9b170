import t, { type Test } from "tap";
import type { SunkMail } from "../../../src/demo/messages/mail-sink.ts";
import {
  emailHtml,
  emailText,
  subjectOf,
} from "../../../src/monitor/notifications/channels/email/compose-email.ts";
import type { MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { sinkMail } from "../../helpers/email-connection.ts";
import { INCIDENT_TEXT, toldIncident } from "../../helpers/notified-incident.ts";
import { textOf } from "../../helpers/page.ts";

t.test("it is plain text, and HTML in the same order, which begins with what comes next", async (t) => {
  t.equal(
    emailText(INCIDENT_TEXT, "ru"),
    `18 POS-серверов не обмениваются

Одна причина: превышено время ожидания главного сервера.
С 02:00 — вероятно, главный сервер или сеть.

Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит.

ООО «Вкусный дом» — 11
Суши Бар — 7

Открыть: https://poswatch.example.ru/incidents/118
Занимаюсь: https://poswatch.example.ru/incidents/118/taking

5 в 02:01, 12 в 02:03, 18 в 02:04
`,
  );
  t.match(emailText(INCIDENT_TEXT, "en"), "Суши Бар: 7");
  const [, preheader = "", body = ""] =
    /mso-hide:all;">([\s\S]*?)<\/div>([\s\S]*)/.exec(emailHtml(INCIDENT_TEXT, "ru")) ?? [];
  t.match(preheader, /^Одна причина: превышено время ожидания главного сервера\. С 02:00 — [^<]*…&#847;/);
  t.equal(
    textOf(body.replaceAll("&nbsp;", " ")),
    "● 18 POS-серверов не обмениваются Одна причина: превышено время ожидания главного сервера. С 02:00 — вероятно, главный сервер или сеть. Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит. ООО «Вкусный дом» 11 Суши Бар 7 Открыть Занимаюсь 5 в 02:01, 12 в 02:03, 18 в 02:04",
  );
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
  t.notMatch(html, /flex|grid|position:|float|background-image|background:|url\(/i);
  t.notMatch(html, /<style|<link|<script|<img|class=|<v:/i);
  const tables = html.match(/<table[^>]*>/g) ?? [];
  t.ok(tables.length >= 4);
  for (const table of tables)
    t.match(table, /role="presentation" cellpadding="0" cellspacing="0" border="0"/);
  t.match(html, '<table width="600"');
  t.match(html, /<td align="center" bgcolor="#155dd4"[^>]*mso-padding-alt:12px 22px;/);
});

t.test("what is not there, or is for the page alone, leaves no gap", async (t) => {
  const nothing = { paragraphs: [], list: [], footer: null, open: null, acknowledgement: null };
  const bare: MessageText = { ...INCIDENT_TEXT, ...nothing };
  t.equal(emailText(bare, "ru"), "18 POS-серверов не обмениваются\n");
  t.equal(emailHtml(bare, "ru").match(/<tr>/g)?.length, 2, "the page and its title");
  for (const acknowledgement of [
    { text: "Снять с себя", action: "release", url: "https://poswatch.example.ru/release" },
    { text: "Занимаюсь", action: "take", url: null },
  ] as const) {
    const text = { ...INCIDENT_TEXT, acknowledgement };
    t.equal(emailHtml(text, "ru").match(/<a /g)?.length, 1);
    t.notMatch(emailText(text, "ru"), acknowledgement.text);
  }
});

const never = new AbortController().signal;
const USUAL_HEADERS =
  "auto-submitted content-language content-type date from importance in-reply-to message-id mime-version references subject to x-auto-response-suppress x-msmail-priority x-priority";
const EVIL = `x\r\nBcc: evil@example.ru\r\n\r\n<script>alert("1 & '2'")</script>\u0000\u202e`;
const EVIL_IN_HTML =
  "x<br>Bcc: evil@example.ru<br><br>&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;";
const EVIL_TEXT: MessageText = {
  sign: "failing",
  title: EVIL,
  paragraphs: [EVIL],
  list: [{ name: EVIL, count: EVIL }],
  footer: EVIL,
  open: { text: EVIL, url: 'https://poswatch.example.ru/"><script>' },
  acknowledgement: { text: EVIL, action: "take", url: "javascript:alert(1)" },
};

t.test("no text becomes a header, or a recipient", async (t) => {
  const mail = await send(t, `${EVIL.replace(/[<>]/g, "")} <poswatch@example.ru>`, EVIL_TEXT);
  t.equal(Object.keys(mail.headers).sort().join(" "), USUAL_HEADERS);
  t.same(mail.to, ["duty@example.ru"]);
  t.equal(mail.headers.subject, `x Bcc: evil@example.ru <script>alert("1 & '2'")</script>`);
  t.equal(mail.headers.to, "duty@example.ru");
  t.equal(mail.from, "poswatch@example.ru");
  const paragraphs = ["before\r\n.\r\nQUIT\r\n.. after"];
  const { text } = await send(t, "poswatch@example.ru", { ...INCIDENT_TEXT, paragraphs });
  t.match(text, "before\n.\nQUIT\n.. after", "nor the end of the mail");
});

t.test("everything in the HTML is escaped, and an address that is none is no link", async (t) => {
  const html = emailHtml(EVIL_TEXT, "ru");
  for (const unseen of ["<script", "javascript:", "\u0000", "\u202e", "\r"])
    t.notOk(html.includes(unseen), unseen);
  t.equal(html.split(EVIL_IN_HTML).length - 1, 2, "paragraph and footer");
  t.equal(html.split("&lt;script&gt;").length - 1, 8, "title, heading, preheader twice, list and these");

  const hrefs = (text: Partial<MessageText>) =>
    [...emailHtml({ ...INCIDENT_TEXT, ...text }, "ru").matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  t.same(hrefs({}), [INCIDENT_TEXT.open?.url, INCIDENT_TEXT.acknowledgement?.url]);
  const opening = (url: string) => hrefs({ open: { text: "Открыть", url }, acknowledgement: null });
  t.same(opening("javascript:alert(1)"), []);
  t.same(opening("https://example.ru/?a=1&b='2'"), ["https://example.ru/?a=1&amp;b=&#39;2&#39;"]);
});

t.test("a long title is cut at a word in the subject", async (t) => {
  const subject = subjectOf(`${"очень ".repeat(40)}долго`);
  t.match(subject, /^(?:очень )+очень…$/);
  t.ok(subject.length <= 150);
  t.equal(subjectOf("х".repeat(200)).length, 150);
  t.equal(subjectOf("\u0000\r\n "), "Poswatch");
  t.equal(subjectOf("три\t\n  слова"), "три слова");
});

async function send(t: Test, from: string, text: MessageText): Promise<SunkMail> {
  const { sink, send } = await sinkMail(t, {}, { security: "none", from });
  t.match(await send(toldIncident({}, text), never), { ok: true });
  const [mail] = sink.mails();
  if (!mail) throw new Error("no mail came");
  return mail;
}
