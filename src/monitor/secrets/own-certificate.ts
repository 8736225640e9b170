import { createECDH, createPrivateKey, hkdfSync, type KeyObject } from "node:crypto";
import { makeSelfSignedCertificate } from "../../protocol/self-signed-certificate.ts";

const CURVE = "prime256v1";
const SCALAR_BYTES = 32;
const DAY_MS = 86_400_000;
const YEARS = 10;

/**
 * The certificate of this Poswatch, for ten years from now, whose key follows from `secret.key`: it is the same after
 * every start and every restore. @returns both as PEM.
 */
export function makeOwnCertificate(secretKey: Buffer, now: number): { cert: string; key: string } {
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + YEARS);
  const key = deriveKey(secretKey);
  const made = makeSelfSignedCertificate("poswatch", new Date(now - DAY_MS), notAfter, key);
  return { cert: made.certificate, key: made.privateKey };
}

/** By HKDF (RFC 5869) a scalar of P-256; one of 2^32 texts gives none, so that the next is taken. */
function deriveKey(secretKey: Buffer): KeyObject {
  const ecdh = createECDH(CURVE);
  for (let attempt = 0; ; attempt++) {
    const scalar = Buffer.from(hkdfSync("sha256", secretKey, "", `poswatch tls ${attempt}`, SCALAR_BYTES));
    try {
      ecdh.setPrivateKey(scalar);
    } catch {
      continue;
    }
    const point = ecdh.getPublicKey();
    const text = (bytes: Buffer) => bytes.toString("base64url");
    const [x, y] = [point.subarray(1, 1 + SCALAR_BYTES), point.subarray(1 + SCALAR_BYTES)];
    const jwk = { kty: "EC", crv: "P-256", d: text(scalar), x: text(x), y: text(y) };
    return createPrivateKey({ key: jwk, format: "jwk" });
  }
}
