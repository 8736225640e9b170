import { generate } from "selfsigned";
import t, { type Test } from "tap";
import {
  createMailSink,
  type MailSink,
  type MailSinkOptions,
} from "../../../src/demo/messengers/mail-sink.ts";
import { createEmailSend } from "../../../src/monitor/notifications/channels/email/send-email.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { EMAIL_PASSWORD, emailConnection, type ServerChanges } from "../../helpers/email-connection.ts";
import { toldIncident } from "../../helpers/told-incident.ts";

const never = new AbortController().signal;
const certificate = await makeCertificate();
const other = await makeCertificate();

for (const security of ["starttls", "tls"] as const) {
  t.test(`a certificate that nobody vouches for is not trusted, security ${security}`, async (t) => {
    for (const authorities of ["", other.cert]) {
      const { sink, send } = await begin(t, certificate, { security, authorities });
      t.match(await send(toldIncident(), never), {
        failure: "certificate",
        detail: /self-signed certificate/,
      });
      t.same(sink.mails(), []);
    }
  });

  t.test(`a certificate of another name is not trusted, security ${security}`, async (t) => {
    const elsewhere = await makeCertificate("mail.example.ru");
    for (const host of ["localhost", "127.0.0.1"]) {
      const { sink, send } = await begin(t, elsewhere, { security, host, authorities: elsewhere.cert });
      const outcome = await send(toldIncident(), never);
      t.match(outcome, { failure: "certificate", detail: /^ERR_TLS_CERT_ALTNAME_INVALID: / });
      t.same(sink.mails(), []);
    }
  });

  t.test(`a certificate of the past is not trusted, security ${security}`, async (t) => {
    const past = await makePastCertificate();
    const { send } = await begin(t, past, { security, host: "localhost", authorities: past.cert });
    t.match(await send(toldIncident(), never), { failure: "certificate", detail: /expired/ });
  });
}

t.test("a login is not told to whom nobody vouches for", async (t) => {
  const told: unknown[] = [];
  const { send } = await begin(
    t,
    certificate,
    { login: "poswatch" },
    {
      disabledCommands: [],
      onAuth(auth, _session, callback) {
        told.push(auth);
        callback(null, { user: "anybody" });
      },
    },
  );
  t.match(await send(toldIncident(), never), { failure: "certificate" });
  t.same(told, []);
});

t.test("a server that does not begin with TLS is named so", async (t) => {
  const { send } = await begin(
    t,
    certificate,
    { security: "tls", authorities: certificate.cert },
    { secure: false },
  );
  const outcome = await send(toldIncident(), never);
  t.match(outcome, { failure: "tls", detail: /^ERR_SSL_\w+: / });
});

t.test("authorities that are none are named so", async (t) => {
  const authorities = "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n";
  const { send } = await begin(t, certificate, { authorities });
  t.match(await send(toldIncident(), never), { failure: "certificate" });
});

t.test("a wrong password is told by the server, and by nobody else", async (t) => {
  const { send } = await begin(
    t,
    certificate,
    { login: "poswatch", authorities: certificate.cert },
    {
      disabledCommands: [],
      onAuth: ({ password }, _session, callback) => callback(new Error(`Wrong: ${password}`)),
    },
  );
  const outcome = await send(toldIncident(), never);
  t.match(outcome, { failure: "unauthorized", detail: /^AUTH PLAIN: 535 .*Wrong: …$/, isOfMessage: false });
  t.notMatch(JSON.stringify(outcome), EMAIL_PASSWORD);
});

async function begin(
  t: Test,
  { cert, key }: { cert: string; key: string },
  server: ServerChanges,
  options: MailSinkOptions["server"] = {},
): Promise<{ sink: MailSink; send: ReturnType<typeof createEmailSend> }> {
  const secure = server.security === "tls";
  const sink = await createMailSink({
    server: { cert, key, secure, disabledCommands: ["AUTH"], ...options },
  });
  t.teardown(() => sink.close());
  return { sink, send: createEmailSend(emailConnection({ port: sink.port, ...server })) };
}

async function makePastCertificate(): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date("2020-01-01"),
    notAfterDate: new Date("2021-01-01"),
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  return { cert, key };
}
