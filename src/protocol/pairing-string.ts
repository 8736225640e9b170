import { SHA256 } from "./field-types.ts";
import { parseHttpUrl } from "./http-url.ts";

const SCHEME = "poswatch:";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Of an agent. */
export const TOKEN = /^[A-Za-z0-9_-]{16,256}$/;

export interface Pairing {
  /** `https://host:port/path`, without a trailing slash. */
  address: string;
  posServerId: string;
  token: string;
  /** `sha256:` and 64 lower-case hexadecimal digits of the DER certificate. */
  fingerprint: string;
}

/** Writes `poswatch://host:port/path?id=…&token=…&fingerprint=sha256:…`. */
export function formatPairingString(pairing: Pairing): string {
  const address = new URL(pairing.address);
  const path = address.pathname === "/" ? "" : address.pathname;
  const port = address.port || "443";
  return (
    `poswatch://${address.hostname}:${port}${path}` +
    `?id=${pairing.posServerId}&token=${pairing.token}&fingerprint=${pairing.fingerprint}`
  );
}

/** Accepts white space, and colons or capitals in the fingerprint; null when malformed. A secret: never log or show it. */
export function parsePairingString(text: string): Pairing | null {
  const compact = text.replace(/\s+/g, "");
  if (!compact.toLowerCase().startsWith(`${SCHEME}//`)) return null;
  const url = parseHttpUrl(`https://${compact.slice(SCHEME.length + 2)}`);
  if (!url || url.username || url.password || url.hash) return null;
  const posServerId = url.searchParams.get("id")?.toLowerCase() ?? "";
  const token = url.searchParams.get("token") ?? "";
  const fingerprint = normalizeFingerprint(url.searchParams.get("fingerprint") ?? "");
  if (!UUID.test(posServerId) || !TOKEN.test(token) || !fingerprint) return null;
  const path = url.pathname.replace(/\/+$/, "");
  return {
    address: `https://${url.host}${path}`,
    posServerId,
    token,
    fingerprint,
  };
}

/** Brings `sha256:AB:CD…`, `AB:CD…` or `abcd…` to `sha256:abcd…`; null when it is no SHA-256. */
export function normalizeFingerprint(text: string): string | null {
  const fingerprint = `sha256:${text.replace(/^sha256:|:/gi, "").toLowerCase()}`;
  return SHA256.test(fingerprint) ? fingerprint : null;
}
