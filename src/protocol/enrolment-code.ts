import { SHA256 } from "./field-types.ts";
import { readMonitorAddress } from "./monitor-address.ts";
import { parseJson } from "./parse-json.ts";

const SECRET = /^[A-Za-z0-9_-]{22,64}$/;
const MAX_CODE_LENGTH = 2_000;

/** What a person pastes at a POS server to let its agent in. */
export interface EnrolmentCode {
  /** `https://host:port/path` of the monitor, without a trailing slash; `http://` only on this machine. */
  monitor: string;
  /** Accepted public keys (SPKI) of the monitor, `sha256:<hex>`; empty = the system must trust its certificate. */
  pins: string[];
  /** The monitor stores only its hash. */
  secret: string;
}

/** One line of base64url, which shells and mail programs leave whole. */
export function formatEnrolmentCode({ monitor, pins, secret }: EnrolmentCode): string {
  return Buffer.from(JSON.stringify([monitor, pins, secret])).toString("base64url");
}

/** Reads a pasted code, ignoring white space; null when it is none. It is a secret: never log or show it. */
export function parseEnrolmentCode(text: string): EnrolmentCode | null {
  const compact = text.replace(/\s+/g, "");
  if (compact.length > MAX_CODE_LENGTH || !/^[A-Za-z0-9_-]+$/.test(compact)) return null;
  const content = parseJson(Buffer.from(compact, "base64url").toString());
  if (!Array.isArray(content)) return null;
  const [monitor, pins, secret] = content as unknown[];
  const read = typeof monitor === "string" ? readMonitorAddress(monitor) : null;
  if (!read || "problem" in read) return null;
  if (!Array.isArray(pins) || !pins.every((pin) => typeof pin === "string" && SHA256.test(pin))) return null;
  if (typeof secret !== "string" || !SECRET.test(secret)) return null;
  return { monitor: read.address, pins, secret };
}
