import { createECDH, createPrivateKey, hkdfSync, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { makeSelfSignedCertificate, publicKeyPin } from "../../protocol/certificates.ts";
import { MAX_MONITOR_PINS } from "../../protocol/enrolment.ts";
import { errorText } from "../../protocol/error-text.ts";
import { DAY_MS } from "../../protocol/time-units.ts";

const CURVE = "prime256v1";
const SCALAR_BYTES = 32;
const YEARS = 10;

export const OWN = "own";

/** Files of a certificate and its key; or `own` = those that Poswatch makes from its key, which agents know by their pins. */
export type TlsSource = { certificateFile: string; keyFile: string } | typeof OWN;

/** Reads the certificate and key for TLS. @throws Error that names the variable whose file cannot be used, and why. */
export function readCertificate({ certificateFile, keyFile }: Exclude<TlsSource, typeof OWN>) {
  const cert = readPem("TLS_CERT", certificateFile);
  const key = readPem("TLS_KEY", keyFile);
  if (!parseCertificate("TLS_CERT", cert, certificateFile).checkPrivateKey(parseKey(key, keyFile))) {
    throw new Error(
      `TLS_KEY names ${keyFile}, which is not the key of the certificate ${certificateFile} that TLS_CERT names. In a file with a chain the server's own certificate comes first.`,
    );
  }
  return { cert, key };
}

/**
 * The pins of the monitor's public keys that agents may see, the present one first; of a chain the first certificate counts.
 * @param agentCertificateFiles files, or `own`. @param ownCertificate PEM. @throws Error that names the variable whose file cannot be used, and why.
 */
export function readMonitorPins(agentCertificateFiles: readonly string[], ownCertificate: string): string[] {
  const variable = "AGENT_CERTIFICATES";
  const pins = agentCertificateFiles.map((file) => {
    const pem = file === OWN ? Buffer.from(ownCertificate) : readPem(variable, file);
    return publicKeyPin(parseCertificate(variable, pem, file));
  });
  const different = [...new Set(pins)];
  if (different.length > MAX_MONITOR_PINS) {
    throw new Error(
      `AGENT_CERTIFICATES names certificates of ${different.length} keys: agents keep no more than ${MAX_MONITOR_PINS}. Leave out those that are no longer used.`,
    );
  }
  return different;
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const problem = isMissing ? "which is not there" : `which cannot be read (${errorText(error)})`;
    throw new Error(
      `${variable} names ${file}, ${problem}: let Poswatch read it there, or set ${variable} to another file.`,
      { cause: error },
    );
  }
}

function parseCertificate(variable: string, pem: Buffer, file: string): X509Certificate {
  try {
    if (!pem.includes("-----BEGIN")) throw new Error("there is no -----BEGIN in it");
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`${variable} names ${file}, which is no certificate in PEM: ${errorText(error)}`, {
      cause: error,
    });
  }
}

function parseKey(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    if (pem.includes("ENCRYPTED")) {
      throw new Error(
        `TLS_KEY names ${file}, which is protected by a passphrase. Give it without one: openssl pkey -in FILE -out NEW-FILE`,
        { cause: error },
      );
    }
    throw new Error(`TLS_KEY names ${file}, which is no private key in PEM: ${errorText(error)}`, {
      cause: error,
    });
  }
}

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
