import { createPrivateKey, X509Certificate } from "node:crypto";
import t from "tap";
import { makeSelfSignedCertificate } from "../../src/protocol/self-signed-certificate.ts";

for (const [name, until] of [
  ["poswatch-agent", "2049-12-31T23:59:59.000Z"],
  ["касса-".repeat(30), "2126-01-01T00:00:00.000Z"],
] as const)
  t.test(`a certificate until ${until} is signed by its own key`, async (t) => {
    const from = new Date(0);
    const { privateKey, certificate } = makeSelfSignedCertificate(name, from, new Date(until));
    const read = new X509Certificate(certificate);
    t.equal(read.subject, `CN=${name}`);
    t.equal(read.issuer, read.subject);
    t.same([read.validFromDate, read.validToDate], [from, new Date(until)]);
    t.ok(read.verify(read.publicKey));
    t.ok(read.checkPrivateKey(createPrivateKey(privateKey)));
    t.not(makeSelfSignedCertificate(name, from, new Date(until)).certificate, certificate);
  });
