interface KnownDetail {
  key: string;
  values: Record<string, string>;
}

interface Kind {
  key: string;
  /** Its named groups are the values; `ms`, `bytes` and `free` become seconds, kilobytes and megabytes. */
  pattern: RegExp;
}

/**
 * Details are stored and compared (cause keys) in the English of Node.js. These are of this program or the system; texts
 * of POS servers are shown as they are.
 */
const KINDS: readonly Kind[] = [
  { key: "slowLookup", pattern: /^name lookup took longer than (?<ms>\d+) ms$/ },
  { key: "slowConnection", pattern: /^connection took longer than (?<ms>\d+) ms$/ },
  { key: "slowHandshake", pattern: /^TLS handshake took longer than (?<ms>\d+) ms$/ },
  { key: "noAnswer", pattern: /^no answer within (?<ms>\d+) ms$/ },
  { key: "incompleteAnswer", pattern: /^answer not complete within (?<ms>\d+) ms$/ },
  { key: "stalledAnswer", pattern: /^no more of the answer within (?<ms>\d+) ms$/ },
  { key: "brokenAnswer", pattern: /^answer broke off: / },
  { key: "closedUnanswered", pattern: /^closed before an answer: / },
  { key: "bodyOf", pattern: /^body of (?<bytes>\d+) bytes$/ },
  { key: "bodyOfMore", pattern: /^body of more than (?<bytes>\d+) bytes$/ },
  { key: "freeSpace", pattern: /^(?<free>\d+) bytes free$/ },
  { key: "longHeaders", pattern: /^too many bytes of headers$/ },
  { key: "compressed", pattern: /^compressed without being asked to$/ },
  { key: "emptyBody", pattern: /^empty body$/ },
  { key: "notUtf8", pattern: /^not UTF-8$/ },
  { key: "notJson", pattern: /^not JSON$/ },
  { key: "notZip", pattern: /^no application\/zip$/ },
  { key: "otherProtocol", pattern: /^protocol (?<told>\d+) instead of (?<own>\d+)$/ },
  { key: "otherIdentity", pattern: /^posServerId (?<identity>.+)$/ },
  { key: "otherCrmId", pattern: /^crmId (?<crmId>.+)$/ },
  { key: "notConnected", pattern: /^the agent is not connected$/ },
  { key: "lostConnection", pattern: /^the connection of the agent ended$/ },
  { key: "noAddress", pattern: /^no http or https address$/ },
  { key: "refusedAddress", pattern: /^address (?<address>.+) is not allowed$/ },
  { key: "noCertificate", pattern: /^certificate missing$/ },
  { key: "otherCertificate", pattern: /^certificate (?<fingerprint>sha256:\S+)$/ },
  { key: "unreadableToken", pattern: /^the stored token cannot be read with the key of this data folder$/ },
  { key: "heldFile", pattern: /^(?<file>.+) is open in (?<program>.+) \((?<processId>\d+)\)$/ },
  {
    key: "heldFilePerhaps",
    pattern: /^(?<file>.+) is open, perhaps in (?<program>.+) \((?<processId>\d+)\)$/,
  },
  { key: "heldFileSomewhere", pattern: /^(?<file>.+) is open in another program$/ },

  // What else is called: mail servers, bots, webhooks.
  { key: "noGreeting", pattern: /^ETIMEDOUT: Greeting never received/ },
  { key: "notSent", pattern: /^not sent within (?<ms>\d+) ms$/ },
  { key: "noBotApi", pattern: /^HTTP (?<status>\d+), and no answer of a Bot API$/ },
  { key: "redirect", pattern: /^(?<status>\d{3}) .*; redirects are not followed$/ },

  { key: "unknownName", pattern: /^getaddrinfo ENOTFOUND (?<name>\S+)$/ },
  { key: "noNameServer", pattern: /^getaddrinfo EAI_AGAIN (?<name>\S+)$/ },
  { key: "refusedConnection", pattern: /^connect ECONNREFUSED (?<address>\S+)$/ },
  { key: "noRoute", pattern: /^connect (?:EHOSTUNREACH|ENETUNREACH) (?<address>\S+)(?: - Local .*)?$/ },
  { key: "silentAddress", pattern: /^connect ETIMEDOUT (?<address>\S+)$/ },
  { key: "refused", pattern: /^(?:connect )?ECONNREFUSED$/ },
  { key: "silent", pattern: /^(?:connect )?ETIMEDOUT$/ },
  { key: "closedHandshake", pattern: /^(?:ECONNRESET: )?Client network socket disconnected before secure/ },
  { key: "resetConnection", pattern: /^(?:ECONNRESET: )?(?:read|write|connect) ECONNRESET\b/ },
  { key: "expiredCertificate", pattern: /^CERT_HAS_EXPIRED: / },
  { key: "selfSigned", pattern: /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN): / },
  { key: "unknownAuthority", pattern: /^UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?): / },
  { key: "certificateOfAnotherName", pattern: /^ERR_TLS_CERT_ALTNAME_INVALID: / },
  { key: "noTls", pattern: /^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG): / },
];

/** null when the detail is unknown. */
export function findKnownDetail(detail: string): KnownDetail | null {
  for (const { key, pattern } of KINDS) {
    const match = pattern.exec(detail);
    if (match) return { key, values: inLargerUnits(match.groups ?? {}) };
  }
  return null;
}

function inLargerUnits({ ms, bytes, free, ...named }: Record<string, string>): Record<string, string> {
  return {
    ...named,
    ...(ms !== undefined && { seconds: String(Number(ms) / 1_000) }),
    ...(free !== undefined && { megabytes: String(Math.floor(Number(free) / 1_024 ** 2)) }),
    ...(bytes !== undefined && { kilobytes: String(Math.ceil(Number(bytes) / 1_024)) }),
  };
}
