import t from "tap";
import { makeCertificate } from "../../helpers/certificate.ts";
import { EMAIL_PASSWORD, sinkMail } from "../../helpers/email-connection.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";

const never = new AbortController().signal;
const { cert, key } = await makeCertificate();
const encrypted = { cert, key, disabledCommands: ["AUTH"] };

for (const [security, options, host] of [
  ["none", {}, "127.0.0.1"],
  ["starttls", encrypted, "127.0.0.1"],
  ["tls", { ...encrypted, secure: true }, "localhost"],
] as const) {
  t.test(`a mail is taken by a server without a login, ${security} at ${host}`, async (t) => {
    const server = { security, host, authorities: cert, from: "Дозор <poswatch@example.ru>" };
    const to = ["duty@example.ru", "it@пример.рф"];
    const { sink, send } = await sinkMail(t, options, server, to);
    const outcome = await send(toldIncident(), never);
    t.same(outcome, { ok: true, reference: null, answer: "250 Ok: queued as 1" });
    const [mail] = sink.mails();
    t.match(mail, { isEncrypted: security !== "none", from: "poswatch@example.ru", to });
    t.match(mail?.headers, {
      from: "Дозор <poswatch@example.ru>",
      subject: "18 POS-серверов не обмениваются",
      date: "Wed, 25 Nov 2026 23:04:00 +0000",
      "auto-submitted": "auto-generated",
      "x-auto-response-suppress": "All",
      "content-language": "ru",
    });
    t.match(mail?.text, "ООО «Вкусный дом» — 5");
    t.match(mail?.html, '<td valign="top" style="padding:3px 24px 3px 0;');
  });
}

for (const method of ["PLAIN", "LOGIN"]) {
  t.test(`a login is used where the server asks for one: ${method}`, async (t) => {
    const logins: unknown[] = [];
    const { sink, send } = await sinkMail(
      t,
      {
        ...{ cert, key, authMethods: [method] },
        disabledCommands: [],
        onAuth({ username, password }, { secure }, callback) {
          logins.push({ username, password, secure });
          callback(null, { user: username });
        },
      },
      { authorities: cert, login: "poswatch" },
    );
    t.match(await send(toldIncident(), never), { ok: true });
    t.same(logins, [{ username: "poswatch", password: EMAIL_PASSWORD, secure: true }]);
    t.equal(sink.mails()[0]?.login, "poswatch");
  });
}

t.test("a password stays here where nobody asks for it", async (t) => {
  const { sink, send } = await sinkMail(t, {}, { security: "none", login: "poswatch" });
  t.match(await send(toldIncident(), never), { ok: true });
  t.equal(sink.mails()[0]?.login, null);
});

t.test("only what fails aloud is important", async (t) => {
  const { sink, send } = await sinkMail(t);
  await send(toldIncident(), never);
  await send(toldIncident({ isSilent: true }), never);
  await send(toldIncident({ kind: "closed" }, { sign: "over" }), never);
  t.same(
    sink.mails().map(({ headers }) => headers.importance),
    ["High", undefined, undefined],
  );
});
