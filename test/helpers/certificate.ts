import { createPublicKey, X509Certificate } from "node:crypto";
import { generate } from "selfsigned";

/** A self-signed certificate with its key (PEM) and its fingerprint as pairing strings have it. */
export interface TestCertificate {
  cert: string;
  key: string;
  fingerprint: string;
}

/**
 * Makes a certificate for `localhost` and 127.0.0.1, or for another name.
 * @param privateKey PEM; a new key unless told.
 */
export async function makeCertificate(name = "localhost", privateKey?: string): Promise<TestCertificate> {
  const altNames = [
    { type: 2 as const, value: name },
    ...(name === "localhost" ? [{ type: 7 as const, ip: "127.0.0.1" }] : []),
  ];
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    ...(privateKey && { keyPair: { privateKey, publicKey: publicKeyOf(privateKey) } }),
    extensions: [{ name: "subjectAltName", altNames }],
  });
  const digits = new X509Certificate(cert).fingerprint256.replaceAll(":", "").toLowerCase();
  return { cert, key, fingerprint: `sha256:${digits}` };
}

function publicKeyOf(privateKey: string): string {
  return String(createPublicKey(privateKey).export({ type: "spki", format: "pem" }));
}
