import { createTransport } from "nodemailer";
import t from "tap";
import { createMailSink } from "../../src/demo/messengers/mail-sink.ts";
import { readMail } from "../../src/demo/messengers/read-mail.ts";

t.test("a mail is kept as its reader sees it, and whoever looks is told", async (t) => {
  let changes = 0;
  const sink = await createMailSink({ onChange: () => (changes += 1) });
  t.teardown(() => sink.close());
  const subject =
    "Длинная тема, которая не помещается ни в одно слово: 18 POS-серверов не обмениваются = 100 %?";
  const text = `Строка с = и пробелом \n.\n${"очень ".repeat(40)}\n`;
  const mail = {
    from: "a@example.ru",
    to: "b@example.ru",
    cc: "c@example.ru",
    subject,
    text,
    html: `<p>${text}</p>`,
  };
  for (const encoding of ["base64", "quoted-printable"] as const) {
    await send(sink.port, { ...mail, textEncoding: encoding, encoding });
  }
  t.equal(changes, 2);
  for (const { headers, ...kept } of sink.mails()) {
    t.equal(headers.subject, subject);
    t.equal(kept.text?.trimEnd(), text.trimEnd());
    t.match(kept.html, /^<p>Строка с = и пробелом/);
    t.match(kept, {
      from: "a@example.ru",
      to: ["b@example.ru", "c@example.ru"],
      isEncrypted: false,
      login: null,
    });
  }
});

t.test("the latest hundred are kept", async (t) => {
  const sink = await createMailSink();
  t.teardown(() => sink.close());
  const transport = createTransport({ host: "127.0.0.1", port: sink.port, ignoreTLS: true, pool: true });
  const mail = { from: "a@example.ru", to: "b@example.ru", text: "" };
  for (let count = 1; count <= 103; count += 1) await transport.sendMail({ ...mail, subject: String(count) });
  transport.close();
  const kept = sink.mails();
  t.equal(kept.length, 100);
  t.same([kept[0]?.id, kept[0]?.headers.subject, kept.at(-1)?.id], [4, "4", 103]);
});

t.test("what is too large is refused", async (t) => {
  const sink = await createMailSink();
  t.teardown(() => sink.close());
  const mail = { from: "a@example.ru", to: "b@example.ru", subject: "", text: "x ".repeat(200_000) };
  await t.rejects(send(sink.port, mail), { message: /552/ });
  t.same(sink.mails(), []);
});

t.test("a port that is taken is told", async (t) => {
  const sink = await createMailSink();
  t.teardown(() => sink.close());
  await t.rejects(createMailSink({ port: sink.port }), { code: "EADDRINUSE" });
});

t.test("what is no mail is read without harm", async (t) => {
  const read = (raw: string) => readMail(Buffer.from(raw));
  t.same(read(""), { headers: {}, text: "", html: null });
  t.same(read("nothing"), { headers: {}, text: "", html: null });
  const nested = `Content-Type: multipart/mixed; boundary="a"\r\n\r\n--a\r\n`.repeat(50);
  t.same(read(nested).text, null);
  t.equal(read("Subject: =?utf-8?Q?=D0=9F?=\r\n =?utf-8?B?0YDQvtCx0LA=?=\r\n\r\n").headers.subject, "Проба");
});

async function send(port: number, mail: object): Promise<void> {
  await createTransport({ host: "127.0.0.1", port, ignoreTLS: true }).sendMail(mail);
}
