import { createHash, type X509Certificate } from "node:crypto";

/** `sha256:` and 64 lower-case hexadecimal digits of the public key (SPKI, DER): a renewed certificate keeps it. */
export function publicKeyPin(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}
