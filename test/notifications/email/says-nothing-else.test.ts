import t, { type Test } from "tap";
import type { SunkMail } from "../../../src/demo/messengers/mail-sink.ts";
import { emailHtml, subjectOf } from "../../../src/monitor/notifications/channels/email/compose-email.ts";
import type { MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { sinkMail } from "../../helpers/email-connection.ts";
import { INCIDENT_TEXT, toldIncident } from "../../helpers/notified-incident.ts";

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
});

t.test("a text that ends a mail does not end it", async (t) => {
  const paragraphs = ["before\r\n.\r\nQUIT\r\n.. after"];
  const mail = await send(t, "poswatch@example.ru", { ...INCIDENT_TEXT, paragraphs });
  t.match(mail.text, "before\n.\nQUIT\n.. after");
});

t.test("a name that looks like a path or an address is but a name", async (t) => {
  const mail = await send(t, "poswatch@example.ru", {
    ...INCIDENT_TEXT,
    list: [{ name: "file:///etc/passwd", count: "1" }],
    paragraphs: ["/etc/passwd", "https://example.ru/x"],
  });
  t.match(mail.text, "file:///etc/passwd — 1");
});

t.test("everything in the HTML is escaped, wherever it stands", async (t) => {
  const html = emailHtml(EVIL_TEXT, "ru");
  t.notMatch(html, /<script/);
  t.notMatch(html, /javascript:/);
  for (const unseen of ["\u0000", "\u202e", "\r"]) t.notOk(html.includes(unseen));
  t.equal(html.split(EVIL_IN_HTML).length - 1, 2, "paragraph and footer");
  t.equal(html.split("&lt;script&gt;").length - 1, 8, "title, heading, preheader twice, list and these");
});

t.test("an address that is none is no link", async (t) => {
  const hrefs = (text: Partial<MessageText>) =>
    [...emailHtml({ ...INCIDENT_TEXT, ...text }, "ru").matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  t.same(hrefs({}), [INCIDENT_TEXT.open?.url, INCIDENT_TEXT.acknowledgement?.url]);
  t.same(hrefs({ open: { text: "Открыть", url: "javascript:alert(1)" }, acknowledgement: null }), []);
  t.same(hrefs({ open: { text: "Открыть", url: "https://example.ru/?a=1&b='2'" }, acknowledgement: null }), [
    "https://example.ru/?a=1&amp;b=&#39;2&#39;",
  ]);
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
