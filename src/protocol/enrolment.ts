import Type, { type Static } from "typebox";
import { Nullable, SHA256, Sha256, Uuid } from "./field-types.ts";
import { readMonitorAddress } from "./monitor-address.ts";
import { TOKEN } from "./pairing-string.ts";
import { parseJson } from "./parse-json.ts";

const SECRET = /^[A-Za-z0-9_-]{22,64}$/;
const MAX_CODE_LENGTH = 2_000;

export const ENROLMENT_PATH = "/agent/enrolments";

/** The body of `POST /agent/enrolments`: the token is the agent's own, as in a pairing string. */
export const EnrolmentOrder = Type.Object({
  /** Only the secret of the code. */
  code: Type.String({ minLength: 1, maxLength: 64 }),
  posServerId: Uuid,
  token: Type.String({ pattern: TOKEN.source }),
  fingerprint: Sha256,
  host: Type.String({ minLength: 1, maxLength: 255 }),
  crmId: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
  version: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
  /** As the status report names it; with a code for this very POS server it gets the identity back from another machine. */
  machine: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
});
export type EnrolmentOrder = Static<typeof EnrolmentOrder>;

/** The answer with 201: the POS server is in the registry and may connect. */
export const Enrolled = Type.Object({
  organization: Type.Object({ name: Type.String(), crmId: Type.String() }),
  posServer: Type.Object({ name: Type.String() }),
});
export type Enrolled = Static<typeof Enrolled>;

/** The answer with 202: an administrator has to confirm it; asking again does not use the code again. */
export const EnrolmentAwaited = Type.Object({
  retryAfterSeconds: Type.Integer({ minimum: 1, maximum: 3600 }),
});
export type EnrolmentAwaited = Static<typeof EnrolmentAwaited>;

/**
 * `error` of a refusal: no such code (404), ended or revoked (410), used up (409), refused by an administrator (403), id
 * taken by another token (409), too many wrong codes from the address (429), no TLS (403), malformed order, explained by
 * `message` (400).
 */
export const ENROLMENT_REFUSALS = [
  "unknown_code",
  "ended_code",
  "used_code",
  "refused",
  "identity_taken",
  "too_many",
  "tls_required",
  "invalid_order",
] as const;
export type EnrolmentRefusal = (typeof ENROLMENT_REFUSALS)[number];

export const MAX_MONITOR_PINS = 8;

/** The body of `PUT /v1/monitor-pins`, which the monitor sends over an agent's connection: the pins to accept from now on. */
export const MonitorPins = Type.Object({
  pins: Type.Array(Sha256, { minItems: 1, maxItems: MAX_MONITOR_PINS }),
});
export type MonitorPins = Static<typeof MonitorPins>;

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
