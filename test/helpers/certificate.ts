import { createPublicKey, X509Certificate } from "node:crypto";
import { generate } from "selfsigned";

export type TestCertificate = Awaited<ReturnType<typeof makeCertificate>>;

/** Makes a certificate for `localhost` and 127.0.0.1, or another name, with a new key unless told, all in PEM. */
export async function makeCertificate(name = "localhost", privateKey?: string) {
  const altNames = [
    { type: 2 as const, value: name },
    ...(name === "localhost" ? [{ type: 7 as const, ip: "127.0.0.1" }] : []),
  ];
  const format = { type: "spki", format: "pem" } as const;
  const publicKey = privateKey ? String(createPublicKey(privateKey).export(format)) : "";
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    ...(privateKey && { keyPair: { privateKey, publicKey } }),
    extensions: [{ name: "subjectAltName", altNames }],
  });
  /** As pairing strings have it. */
  const digits = new X509Certificate(cert).fingerprint256.replaceAll(":", "").toLowerCase();
  return { cert, key, fingerprint: `sha256:${digits}` };
}
