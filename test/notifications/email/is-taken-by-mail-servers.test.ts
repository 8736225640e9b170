import t, { type Test } from "tap";
import { createMailSink, type MailSinkOptions } from "../../../src/demo/messengers/mail-sink.ts";
import { createEmailSend } from "../../../src/monitor/notifications/channels/email/send-email.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { emailConnection, type ServerChanges } from "../../helpers/email-connection.ts";
import { toldIncident } from "../../helpers/told-incident.ts";

const never = new AbortController().signal;
const certificate = await makeCertificate();
const { cert, key } = certificate;
const encrypted = { cert, key, disabledCommands: ["AUTH"] };

for (const [security, server] of [
  ["none", {}],
  ["starttls", encrypted],
  ["tls", { ...encrypted, secure: true }],
] as const) {
  t.test(`a mail is taken by a server without a login, security ${security}`, async (t) => {
    const { sink, connection } = await begin(t, { server }, { security, authorities: cert });
    const outcome = await createEmailSend(connection)(toldIncident(), never);
    t.same(outcome, { ok: true, reference: null, answer: "250 Ok: queued as 1" });
    const [mail] = sink.mails();
    t.equal(mail?.isEncrypted, security !== "none");
    t.equal(mail?.from, "poswatch@example.ru");
    t.same(mail?.to, ["duty@example.ru", "it@пример.рф"]);
    t.equal(mail?.headers.from, "Дозор <poswatch@example.ru>");
    t.equal(mail?.headers.subject, "18 POS-серверов не обмениваются");
    t.equal(mail?.headers.date, "Wed, 25 Nov 2026 23:04:00 +0000");
    t.equal(mail?.headers["auto-submitted"], "auto-generated");
    t.equal(mail?.headers["x-auto-response-suppress"], "All");
    t.equal(mail?.headers["content-language"], "ru");
    t.match(mail?.text, "ООО «Вкусный дом» — 5");
    t.match(mail?.html, '<td valign="top" style="padding:3px 24px 3px 0;');
  });
}

for (const host of ["localhost", "127.0.0.1"]) {
  t.test(`a server of an own authority is known by its name or its address: ${host}`, async (t) => {
    const { connection } = await begin(t, { server: encrypted }, { host, authorities: cert });
    t.match(await createEmailSend(connection)(toldIncident(), never), { ok: true });
  });
}

for (const method of ["PLAIN", "LOGIN"]) {
  t.test(`a login is used where the server asks for one: ${method}`, async (t) => {
    const logins: [login: string | undefined, password: string | null | undefined, isEncrypted: boolean][] =
      [];
    const { sink, connection } = await begin(
      t,
      {
        server: {
          ...{ cert, key, authMethods: [method], disabledCommands: [] },
          onAuth({ username, password }, { secure }, callback) {
            logins.push([username, password, secure]);
            callback(null, { user: username });
          },
        },
      },
      { authorities: cert, login: "poswatch" },
    );
    t.match(await createEmailSend(connection)(toldIncident(), never), { ok: true });
    t.same(logins, [["poswatch", "пароль, 100% тайный", true]]);
    t.equal(sink.mails()[0]?.login, "poswatch");
  });
}

t.test("a password stays here where nobody asks for it", async (t) => {
  const { sink, connection } = await begin(t, {}, { security: "none", login: "poswatch" });
  t.match(await createEmailSend(connection)(toldIncident(), never), { ok: true });
  t.equal(sink.mails()[0]?.login, null);
});

t.test("only what fails aloud is important", async (t) => {
  const { sink, connection } = await begin(t, {}, { security: "none" });
  const send = createEmailSend(connection);
  await send(toldIncident(), never);
  await send(toldIncident({ isSilent: true }), never);
  await send(toldIncident({ kind: "closed" }, { sign: "over" }), never);
  t.same(
    sink.mails().map(({ headers }) => headers.importance),
    ["High", undefined, undefined],
  );
});

async function begin(t: Test, options: MailSinkOptions, server: ServerChanges) {
  const sink = await createMailSink(options);
  t.teardown(() => sink.close());
  const from = "Дозор <poswatch@example.ru>";
  return {
    sink,
    connection: emailConnection({ port: sink.port, from, ...server }, ["duty@example.ru", "it@пример.рф"]),
  };
}
