import { HOUR_MS } from "../../../protocol/time-units.ts";

/** The limit of the protocol. */
const MAX_REPORT_BYTES = 64 * 1024;

/** Bounds of one poll of a POS server. */
export interface CallLimits extends AnswerLimits {
  /** Name lookup, connection and TLS handshake together. */
  connectTimeoutMs: number;
  /** From the request being sent to the last header of the answer. */
  headersTimeoutMs: number;
}

/** Bounds of one call that is answered with JSON. */
export interface AnswerLimits {
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

/** Bounds of the calls other than polls. */
export const COMMAND_LIMITS = {
  // For thousands of files, of a few hundred bytes each, on a slow disk.
  logList: { callTimeoutMs: 25_000, maxBodyBytes: 4 * 1024 * 1024 },
  // Until the stream can be read, and while it brings next to nothing.
  logArchive: { openTimeoutMs: 30_000, stallTimeoutMs: 30_000 },
  command: { callTimeoutMs: 10_000, maxBodyBytes: 1024 * 1024 },
  // The agent reads a day of its log.
  logKinds: { callTimeoutMs: 30_000, maxBodyBytes: 4 * 1024 * 1024 },
  logExcerpt: { callTimeoutMs: 20_000, maxBodyBytes: 64 * 1024 },
  logPatternTrial: { callTimeoutMs: 30_000, maxBodyBytes: 128 * 1024 },
  // The agent reads for 10 s at most.
  logSearch: { callTimeoutMs: 15_000, maxBodyBytes: 256 * 1024 },
  configuration: { callTimeoutMs: 10_000, maxBodyBytes: 16 * 1024 },
  // A body of up to a few megabytes.
  agentUpdate: { callTimeoutMs: 120_000, maxBodyBytes: 16 * 1024 },
};
export type CommandLimits = typeof COMMAND_LIMITS;

/** Fewer bytes within the time of a stall are no progress, so that a trickle cannot last for days. */
export const STALLED_BELOW_BYTES = 256;
/** How much of the body of a refusal is read. */
export const MAX_REFUSAL_BYTES = 4 * 1024;

export const MAX_HEADER_BYTES = 8 * 1024;
/** How long one of several addresses is tried before the next one joins. */
export const NEXT_ADDRESS_AFTER_MS = 500;

export const MAX_LOOKUPS = 4;
/** Names that failed last time have their own place, so that they never delay good names. */
export const MAX_LOOKUPS_OF_FAILED_NAMES = 1;
export const LOOKUP_FRESH_MS = 60_000;
/** How long known addresses serve while the name server does not answer. */
export const LOOKUP_STALE_MS = HOUR_MS;
export const FAILED_LOOKUP_FRESH_MS = 30_000;
export const MAX_CACHED_NAMES = 100_000;

/** About 2 KB each. */
export const MAX_TLS_SESSIONS = 10_000;

/** Connections are kept while the fleet needs no more than this share of the open files that the process may have. */
export const KEPT_CONNECTIONS_SHARE = 0.5;
/** A kept TLS connection costs about 70 KB, so memory sets a limit too. */
export const MAX_KEPT_CONNECTIONS = 12_000;
export const OPEN_FILES_WHERE_UNKNOWN = 4_096;
/** Longer than the usual poll interval; a shorter `Keep-Alive: timeout=…` of a server is respected. */
export const KEPT_IDLE_MS = 10 * 60_000;
