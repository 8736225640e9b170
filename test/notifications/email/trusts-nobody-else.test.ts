import { generate } from "selfsigned";
import t from "tap";
import { makeCertificate } from "../../helpers/certificate.ts";
import { sinkMail } from "../../helpers/email-connection.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";

const never = new AbortController().signal;
const { cert, key } = await makeCertificate();
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
      const options = {
        ...{ cert: shown.cert, key: shown.key, secure: security === "tls" },
        ...{ disabledCommands: [], onAuth: (auth: unknown) => void told.push(auth) },
      };
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
    ...{ keyType: "ec", algorithm: "sha256" },
    ...{ notBeforeDate: new Date("2020-01-01"), notAfterDate: new Date("2021-01-01") },
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  return { cert: made.cert, key: made.private };
}
