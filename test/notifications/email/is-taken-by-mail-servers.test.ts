import { generate } from "selfsigned";
import t from "tap";
import type { MailSink, MailSinkOptions } from "../../../src/demo/messages/mail-sink.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { EMAIL_PASSWORD, sinkMail } from "../../helpers/email-connection.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";

const never = new AbortController().signal;
const { cert, key } = await makeCertificate();
/** What the mails have in a header. */
const valuesOf = (sink: MailSink, header: string) => sink.mails().map(({ headers }) => headers[header]);
const encrypted = { cert, key, disabledCommands: ["AUTH"] };

for (const [security, options, host] of [
  ["none", {}, "127.0.0.1"],
  ["starttls", encrypted, "127.0.0.1"],
  ["tls", { ...encrypted, secure: true }, "localhost"],
] as const) {
  t.test(`a mail is taken by a server without a login, ${security} at ${host}`, async (t) => {
    const people = { from: "Дозор <poswatch@example.ru>", to: "duty@example.ru, it@пример.рф" };
    const { sink, send } = await sinkMail(t, options, { security, host, authorities: cert, ...people });
    const outcome = await send(toldIncident(), never);
    t.same(outcome, { ok: true, reference: null, answer: "250 Ok: queued as 1" });
    const [mail] = sink.mails();
    const to = people.to.split(", ");
    t.match(mail, { isEncrypted: security !== "none", from: "poswatch@example.ru", to });
    t.match(mail?.headers, {
      from: "Дозор <poswatch@example.ru>",
      subject: "18 POS-серверов не обмениваются",
      date: "Wed, 25 Nov 2026 23:04:00 +0000",
      "auto-submitted": "auto-generated",
      "x-auto-response-suppress": "All",
      "content-language": "ru",
    });
    t.match(mail?.text, "ООО «Вкусный дом» — 11");
    t.match(mail?.html, '<td valign="top" style="padding:3px 24px 3px 0;');
  });
}

for (const method of ["PLAIN", "LOGIN"]) {
  t.test(`a login is used where the server asks for one: ${method}`, async (t) => {
    const logins: unknown[] = [];
    const options: MailSinkOptions["server"] = {
      cert,
      key,
      authMethods: [method],
      disabledCommands: [],
      onAuth({ username, password }, { secure }, callback) {
        logins.push({ username, password, secure });
        callback(null, { user: username });
      },
    };
    const { sink, send } = await sinkMail(t, options, { authorities: cert, login: "poswatch" });
    t.match(await send(toldIncident(), never), { ok: true });
    t.same(logins, [{ username: "poswatch", password: EMAIL_PASSWORD, secure: true }]);
    t.equal(sink.mails()[0]?.login, "poswatch");
  });
}

t.test("a mail sent twice is the same mail, and all of an incident are one conversation", async (t) => {
  const { sink, send } = await sinkMail(t, {}, { security: "none", login: "poswatch" });
  await send(toldIncident(), never);
  await send(toldIncident({ isSilent: true }, { title: "19 POS-серверов не обмениваются" }), never);
  await send(toldIncident({ key: "b", kind: "closed" }, { sign: "over" }), never);
  await send(toldIncident({ key: "c", thread: "incident-119" }), never);
  const [first, again, ...others] = valuesOf(sink, "message-id");
  t.match(first, /^<poswatch\.message\.[0-9a-f]{32}@example\.ru>$/);
  t.equal(again, first);
  t.equal(new Set([first, ...others]).size, 3);
  const [thread, ...threads] = valuesOf(sink, "references");
  t.match(thread, /^<poswatch\.thread\.[0-9a-f]{32}@example\.ru>$/);
  t.same([threads[0], threads[1]], [thread, thread]);
  t.not(threads[2], thread);
  t.same(valuesOf(sink, "in-reply-to"), valuesOf(sink, "references"));
  const loud = ["High", undefined, undefined, "High"];
  t.same(valuesOf(sink, "importance"), loud, "only what fails aloud is important");
  t.equal(sink.mails()[0]?.login, null, "a password stays here where nobody asks for it");
});

t.test("an id has the sender's domain, in any script, and nothing else of what it is made of", async (t) => {
  const { sink, send } = await sinkMail(t, {}, { security: "none", from: "Дозор <duty@почта.рф>" });
  await send(toldIncident({ key: "a>\r\nBcc: b@example.ru", thread: "<x@y>\r\n" }), never);
  t.match(valuesOf(sink, "message-id"), [/^<poswatch\.message\.[0-9a-f]{32}@xn--80a1acny\.xn--p1ai>$/]);
  t.equal(sink.mails()[0]?.headers.bcc, undefined);
});

const other = await makeCertificate();
const elsewhere = await makeCertificate("mail.example.ru");
const past = await makePastCertificate();
const none = "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n";

for (const security of ["starttls", "tls"] as const) {
  t.test(`a certificate is not trusted, ${security}`, async (t) => {
    for (const [shown, authorities, host, detail] of [
      [{ cert, key }, "", "localhost", /self-signed certificate/],
      [{ cert, key }, other.cert, "localhost", /self-signed certificate/],
      [{ cert, key }, none, "localhost", /self-signed certificate/],
      [elsewhere, elsewhere.cert, "localhost", /^ERR_TLS_CERT_ALTNAME_INVALID: /],
      [elsewhere, elsewhere.cert, "127.0.0.1", /^ERR_TLS_CERT_ALTNAME_INVALID: /],
      [past, past.cert, "localhost", /expired/],
    ] as const) {
      const told: unknown[] = [];
      const onAuth = (auth: unknown) => void told.push(auth);
      const options = { ...shown, secure: security === "tls", disabledCommands: [], onAuth };
      const { sink, send } = await sinkMail(t, options, { security, host, authorities, login: "poswatch" });
      t.match(await send(toldIncident(), never), { failure: "temporary", detail }, String(detail));
      t.same([sink.mails(), told], [[], []], "neither mail nor login are told");
    }
  });
}

t.test("a server that does not begin with TLS is told of", async (t) => {
  const { send } = await sinkMail(t, { cert, key }, { security: "tls", authorities: cert });
  t.match(await send(toldIncident(), never), { failure: "temporary", detail: /^ERR_SSL_\w+: / });
});

async function makePastCertificate(): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date("2020-01-01"),
    notAfterDate: new Date("2021-01-01"),
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  return { cert: made.cert, key: made.private };
}
