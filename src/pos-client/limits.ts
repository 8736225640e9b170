import { MAX_REPORT_BYTES } from "../protocol/status-report.ts";

/** Bounds of one call to a POS server. */
export interface CallLimits {
  /** Name lookup, connection and TLS handshake together. */
  connectTimeoutMs: number;
  /** From the request being sent to the last header of the answer. */
  headersTimeoutMs: number;
  /** The whole call, connection and body included. */
  callTimeoutMs: number;
  maxBodyBytes: number;
}

export const STATUS_LIMITS: CallLimits = {
  connectTimeoutMs: 3_000,
  headersTimeoutMs: 5_000,
  callTimeoutMs: 10_000,
  maxBodyBytes: MAX_REPORT_BYTES,
};

export const MAX_HEADER_BYTES = 8 * 1024;
export const MAX_DETAIL_CHARACTERS = 300;

/** Of several addresses of one name, how long one is tried before the next one joins. */
export const NEXT_ADDRESS_AFTER_MS = 500;

export const MAX_LOOKUPS = 4;
/** Names that failed last time wait for their own place, so that they never take those of good names. */
export const MAX_LOOKUPS_OF_FAILED_NAMES = 1;
export const LOOKUP_FRESH_MS = 60_000;
/** How long known addresses serve while the name server does not answer. */
export const LOOKUP_STALE_MS = 60 * 60_000;
export const FAILED_LOOKUP_FRESH_MS = 30_000;
export const MAX_CACHED_NAMES = 100_000;

/** About 2 KB each. */
export const MAX_TLS_SESSIONS = 10_000;

/** Connections are kept while the fleet needs no more than this share of the open files that the process may have. */
export const KEPT_CONNECTIONS_SHARE = 0.5;
/** A kept TLS connection costs about 70 KB, so memory sets a limit too. */
export const MAX_KEPT_CONNECTIONS = 12_000;
export const OPEN_FILES_WHERE_UNKNOWN = 4_096;
/** Longer than the usual poll interval; a server that says otherwise (`Keep-Alive: timeout=…`) is heeded. */
export const KEPT_IDLE_MS = 10 * 60_000;
