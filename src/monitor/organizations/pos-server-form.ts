import { type StaticDecode, Type } from "typebox";
import { normalizeFingerprint } from "../../protocol/pairing-string.ts";
import { readForm, Text } from "../forms/fields.ts";
import {
  looksLikePairingString,
  type MissingToken,
  NOT_CONNECTED,
  nextConnection,
  readAddressAndToken,
  readConnection,
} from "../registry/connection.ts";
import { findNameProblem, MAX_NAME_LENGTH, readName } from "../registry/names.ts";
import type { PosServerConnection } from "../registry/registry.ts";

const PosServerFields = Type.Object({
  name: Text,
  pollInterval: Text,
  pairingString: Text,
  address: Text,
  token: Text,
  fingerprint: Text,
  acceptIdentity: Text,
  keepsLogLines: Text,
});
const MAX_ADDRESS_LENGTH = 500;
/** Limits named in messages about the fields. */
export const FORM_LIMITS = {
  maxLength: MAX_NAME_LENGTH,
  maxAddressLength: MAX_ADDRESS_LENGTH,
  minSeconds: 5,
  maxSeconds: 3600,
};

/** The field that shows why the token has to be given again. */
const FIELD_OF: Record<MissingToken, keyof Typed> = {
  new_host_without_token: "token",
  new_certificate_without_token: "fingerprint",
};

type Typed = StaticDecode<typeof PosServerFields>;
type Problems = Partial<Record<keyof Typed, string>>;
type ReadConnection = { connection: PosServerConnection | null; problems: Problems };

export interface PosServerForm {
  /** Shown again in the form: no secrets. */
  typed: Pick<
    Typed,
    "name" | "pollInterval" | "address" | "fingerprint" | "acceptIdentity" | "keepsLogLines"
  >;
  name: string;
  pollIntervalMs: number | null;
  keepsLogLines: boolean;
  /** null = it has a problem. */
  connection: PosServerConnection | null;
  /** Keys of the catalogs by field. */
  problems: Problems;
}

/** Reads the form of a new POS server: a pairing string, or an address with a token. */
export function readNewPosServerForm(body: unknown): PosServerForm {
  const typed = readForm(PosServerFields, body);
  return formOf(typed, readNewConnection(typed));
}

/**
 * An empty token field keeps the token, but only for the same host and certificate. The identity stays, unless the next
 * one is to be accepted; so does the connection of an agent that dials in.
 */
export function readChangedPosServerForm(body: unknown, registered: PosServerConnection): PosServerForm {
  const typed = readForm(PosServerFields, body);
  const dialsIn = registered.connection === "dial_out";
  const read = dialsIn ? { connection: registered, problems: {} } : readChangedConnection(typed, registered);
  return formOf(typed, read);
}

export function readPairing(text: string): ReadConnection {
  if (text.trim() === "") return problem("pairingString", "form.required");
  if (!looksLikePairingString(text)) {
    return problem("pairingString", "connectionProblem.malformed_pairing_string");
  }
  const given = readConnection(text, "");
  if (typeof given === "string") return problem("pairingString", `connectionProblem.${given}`);
  return { connection: given.kind === "paired" ? given.connection : null, problems: {} };
}

function formOf(typed: Typed, { connection, problems }: ReadConnection): PosServerForm {
  const name = readName(typed.name);
  const seconds = typed.pollInterval.trim();
  const isIntervalRight = seconds === "" || isPollInterval(seconds);
  const nameProblem = looksLikePairingString(name)
    ? "posServer.problem.pairingStringElsewhere"
    : findNameProblem(name);
  return {
    typed: {
      name: withoutPairingString(typed.name),
      pollInterval: typed.pollInterval,
      address: withoutPairingString(typed.address),
      fingerprint: withoutPairingString(typed.fingerprint),
      acceptIdentity: typed.acceptIdentity === "" ? "" : "1",
      keepsLogLines: typed.keepsLogLines === "" ? "" : "1",
    },
    name,
    pollIntervalMs: seconds !== "" && isIntervalRight ? Number(seconds) * 1000 : null,
    keepsLogLines: typed.keepsLogLines !== "",
    connection,
    problems: {
      ...problems,
      ...(nameProblem && { name: nameProblem }),
      ...(!isIntervalRight && { pollInterval: "posServer.problem.pollInterval" }),
    },
  };
}

function readNewConnection(typed: Typed): ReadConnection {
  const hasAddress = [typed.address, typed.token, typed.fingerprint].some((text) => text.trim() !== "");
  if (typed.pairingString.trim() === "") {
    return hasAddress ? readAddress(typed) : problem("pairingString", "posServer.problem.noConnection");
  }
  return hasAddress
    ? problem("pairingString", "posServer.problem.twoConnections")
    : readPairing(typed.pairingString);
}

function readAddress(typed: Typed): ReadConnection {
  if (typed.token.trim() === "") return problem("token", "form.required");
  return readChangedConnection(typed, NOT_CONNECTED);
}

function readChangedConnection(typed: Typed, registered: PosServerConnection): ReadConnection {
  const address = typed.address.trim();
  if (address === "") {
    const isStillWithout = registered.address === null && typed.token === "" && typed.fingerprint === "";
    return isStillWithout && typed.pairingString === ""
      ? { connection: registered, problems: {} }
      : problem("address", "form.required");
  }
  if (looksLikePairingString(address)) return problem("address", "posServer.problem.pairingStringElsewhere");
  if (address.length > MAX_ADDRESS_LENGTH) return problem("address", "posServer.problem.addressTooLong");
  const given = readAddressAndToken(address, typed.token.trim());
  if (given === "malformed_token") return problem("token", `connectionProblem.${given}`);
  if (typeof given === "string") return problem("address", `connectionProblem.${given}`);

  const fingerprint = typed.fingerprint.trim();
  const pinned = normalizeFingerprint(fingerprint);
  if (fingerprint !== "" && !pinned) return problem("fingerprint", "posServer.problem.fingerprint");
  if (pinned && !address.toLowerCase().startsWith("https:")) {
    return problem("fingerprint", "posServer.problem.fingerprintWithoutTls");
  }
  const next = nextConnection({ ...given, fingerprint: pinned }, registered);
  if (typeof next === "string") return problem(FIELD_OF[next], `connectionProblem.${next}`);
  const identity = typed.acceptIdentity === "" ? next.identity : null;
  return { connection: { ...next, identity }, problems: {} };
}

function problem(field: keyof Typed, key: string): ReadConnection {
  return { connection: null, problems: { [field]: key } };
}

function isPollInterval(seconds: string): boolean {
  return (
    /^\d{1,5}$/.test(seconds) &&
    Number(seconds) >= FORM_LIMITS.minSeconds &&
    Number(seconds) <= FORM_LIMITS.maxSeconds
  );
}

function withoutPairingString(text: string): string {
  return looksLikePairingString(text) ? "" : text;
}
