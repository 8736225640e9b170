import { isIP } from "node:net";
import { parseHttpUrl } from "../../protocol/http-url.ts";
import { parsePairingString } from "../../protocol/pairing-string.ts";
import { isAllowedAddress } from "../outgoing/allowed-address.ts";
import type { PosServerConnection } from "./registry.ts";

const PAIRING_SCHEME = /poswatch:/i;
const TOKEN = /^[\x21-\x7e]{1,256}$/;

export const NOT_CONNECTED: PosServerConnection = {
  connection: "direct",
  address: null,
  token: null,
  fingerprint: null,
  identity: null,
};

/** The connection in a row or a form: complete, or an address with or without a token. */
export type GivenConnection =
  | { kind: "paired"; connection: PosServerConnection & { address: string } }
  | GivenAddress;

interface GivenAddress {
  kind: "address";
  address: string;
  token: string | null;
  /** Undefined = not asked for, so that it stays for the same host. */
  fingerprint?: string | null;
}

type ConnectionProblemCode =
  | "address_not_http"
  | "address_refused"
  | "malformed_pairing_string"
  | "malformed_token"
  | "token_with_pairing_string";

/** Whether a text is or holds a pairing string, well-formed or not. */
export function looksLikePairingString(text: string): boolean {
  return PAIRING_SCHEME.test(text);
}

/** Reads the cells "address or pairing string" and "token". @returns the connection, or why it is refused. */
export function readConnection(text: string, token: string): GivenConnection | ConnectionProblemCode {
  return looksLikePairingString(text) ? readPairing(text, token) : readAddressAndToken(text, token);
}

function readPairing(text: string, token: string): GivenConnection | ConnectionProblemCode {
  if (token) return "token_with_pairing_string";
  const pairing = parsePairingString(text);
  if (!pairing) return "malformed_pairing_string";
  const { address, posServerId: identity, fingerprint } = pairing;
  if (!isAllowedHost(new URL(address))) return "address_refused";
  return {
    kind: "paired",
    connection: { connection: "direct", address, token: pairing.token, fingerprint, identity },
  };
}

/** Reads an address that is no pairing string, and a token that may be empty. */
export function readAddressAndToken(text: string, token: string): GivenAddress | ConnectionProblemCode {
  const url = parseHttpUrl(text);
  if (!url || url.username || url.password || url.search || url.hash) return "address_not_http";
  if (!isAllowedHost(url)) return "address_refused";
  if (token && !TOKEN.test(token)) return "malformed_token";
  return { kind: "address", address: url.href.replace(/\/+$/, ""), token: token || null };
}

function isAllowedHost({ hostname }: URL): boolean {
  const literal = hostname.replace(/^\[|\]$/g, "");
  return isIP(literal) === 0 || isAllowedAddress(literal);
}

/** The stored token must not be sent elsewhere: to another host, or to whoever has another certificate. */
export type MissingToken = "new_host_without_token" | "new_certificate_without_token";

/**
 * Token and identity stay only for the same scheme, host, port and pinned certificate, so that nobody can have the token
 * sent elsewhere.
 */
export function nextConnection(
  given: GivenConnection,
  registered: PosServerConnection,
): PosServerConnection | MissingToken {
  if (given.kind === "paired") return given.connection;
  const { address, token } = given;
  const isSameHost =
    registered.address !== null && new URL(registered.address).origin === new URL(address).origin;
  const { fingerprint = isSameHost ? registered.fingerprint : null } = given;
  if (isSameHost && fingerprint === registered.fingerprint) {
    return { ...registered, connection: "direct", address, token: token ?? registered.token };
  }
  if (token === null && registered.token !== null) {
    return isSameHost ? "new_certificate_without_token" : "new_host_without_token";
  }
  return { connection: "direct", address, token, fingerprint, identity: null };
}
