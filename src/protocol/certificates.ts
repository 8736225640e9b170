import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  type X509Certificate,
} from "node:crypto";
import { getCACertificates } from "node:tls";

/** ASN.1 as DER (ITU-T X.690), as far as a certificate needs it. */
const TAG = {
  integer: 0x02,
  bitString: 0x03,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
} as const;
/** Object identifiers with their tag and length. */
const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const VERSION_3 = 2;
/** From this year on, times have four-digit years (RFC 5280, 4.1.2.5). */
const FIRST_GENERALIZED_YEAR = 2050;
const SERIAL_BYTES = 16;

/** A key of P-256, a new one unless given, and a certificate (RFC 5280) that it has signed itself, to be pinned; both as PEM. */
export function makeSelfSignedCertificate(
  commonName: string,
  notBefore: Date,
  notAfter: Date,
  privateKey: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
) {
  const publicKey = createPublicKey(privateKey);
  const algorithm = der("sequence", ECDSA_WITH_SHA256);
  const name = nameOf(commonName);
  const content = der(
    "sequence",
    der("version", der("integer", Buffer.from([VERSION_3]))),
    der("integer", serialNumber()),
    algorithm,
    name,
    der("sequence", timeOf(notBefore), timeOf(notAfter)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der("bitString", Buffer.from([0]), sign("sha256", content, privateKey));
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: pem(der("sequence", content, algorithm, signature)),
  };
}

function nameOf(commonName: string): Buffer {
  const value = der("utf8String", Buffer.from(commonName));
  return der("sequence", der("set", der("sequence", COMMON_NAME, value)));
}

/** Positive, and its first byte is not zero. */
function serialNumber(): Buffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function timeOf(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, "YYYY-MM-DDTHH:mm:ss".length).replaceAll(/\D/g, "")}Z`;
  return date.getUTCFullYear() < FIRST_GENERALIZED_YEAR
    ? der("utcTime", Buffer.from(digits.slice(2)))
    : der("generalizedTime", Buffer.from(digits));
}

function der(type: keyof typeof TAG, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([TAG[type], ...lengthOf(content)]), content]);
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** `sha256:` and 64 lower-case hexadecimal digits of the public key (SPKI, DER): a renewed certificate keeps it. */
export function publicKeyPin(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}

/** PEMs of the authorities that Node knows, and of those that this machine's administrator has added. */
export function systemAuthorities(): string[] {
  return [...getCACertificates("default"), ...getCACertificates("system")];
}
