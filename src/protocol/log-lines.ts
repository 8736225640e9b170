import Type, { type Static } from "typebox";
import { Bytes, Count, Nullable, Time } from "./field-types.ts";
import { DAY_MS } from "./time-units.ts";

/** Of an excerpt, texts and all. */
export const MAX_EXCERPT_BYTES = 16 * 1024;
/** Of one entry, with the lines below its first. */
export const MAX_ENTRY_LENGTH = 4_000;
/** Stands in a text that is searched for where anything may stand within the entry: a number, an id, a name. */
export const ANYTHING = "…";
export const MAX_SEARCH_LENGTH = 300;
export const MAX_SEARCHED_DAYS = 31;
/** With the whole of the last minute. */
export const MAX_SEARCHED_MS = MAX_SEARCHED_DAYS * DAY_MS + 60_000;

const Level = Nullable(Type.String({ maxLength: 16 }));
const Name = Type.String({ minLength: 1, maxLength: 1024 });
const EntryCount = Type.Integer({ minimum: 0, maximum: 50 });

/** The body of `POST /v1/log-excerpts`; times are by the POS server's clock. */
export const LogExcerptOrder = Type.Object({
  /** Of the error as it was reported, or of the exchange that succeeded; null = the newest entry that says `text`. */
  at: Nullable(Time),
  /** The error as it was reported; empty = an exchange that succeeded. */
  text: Type.String({ maxLength: 2_000 }),
  before: EntryCount,
  after: EntryCount,
  maxBytes: Type.Integer({ minimum: 1_024, maximum: MAX_EXCERPT_BYTES }),
});
export type LogExcerptOrder = Static<typeof LogExcerptOrder>;

/** One entry of a log: a line with a time and the lines below it; guests and secrets masked. */
export const LogEntry = Type.Object({
  at: Nullable(Time),
  /** Such as `ERROR`. */
  level: Level,
  /** Without time and level. */
  text: Type.String({ maxLength: MAX_ENTRY_LENGTH }),
});
export type LogEntry = Static<typeof LogEntry>;

/** The answer of `POST /v1/log-excerpts`, oldest first; without a file when no log has such an entry. */
export const LogExcerpt = Type.Object({
  file: Nullable(Name),
  entries: Type.Array(Type.Intersect([LogEntry, Type.Object({ isMatch: Type.Boolean() })]), {
    maxItems: 101,
  }),
});
export type LogExcerpt = Static<typeof LogExcerpt>;

/**
 * The body of `POST /v1/log-searches`: `text` is found in any letter case, `ANYTHING` in it stands for whatever an entry
 * has there; `limit` = so many entries are sent.
 */
export const LogSearchOrder = Type.Object({
  text: Type.String({ minLength: 1, maxLength: MAX_SEARCH_LENGTH }),
  from: Time,
  to: Time,
  limit: Type.Integer({ minimum: 0, maximum: 20 }),
});
export type LogSearchOrder = Static<typeof LogSearchOrder>;

/** The answer of `POST /v1/log-searches`. */
export const LogSearchResult = Type.Object({
  count: Count,
  firstAt: Nullable(Time),
  lastAt: Nullable(Time),
  /** Hours (UTC) with something in them, in order, by their beginning. */
  hours: Type.Array(Type.Object({ from: Time, count: Count }), {
    maxItems: (MAX_SEARCHED_DAYS + 1) * 24 + 1,
  }),
  /** With the most first. */
  files: Type.Array(Type.Object({ name: Name, count: Count }), { maxItems: 100 }),
  /** The newest first. */
  entries: Type.Array(Type.Intersect([LogEntry, Type.Object({ file: Name })]), { maxItems: 20 }),
  /** Logs of the period that were not read, or not to their beginning. */
  unread: Type.Object({
    files: Count,
    bytes: Bytes,
    /** Which limit ended the search; null = none, some could not be read. */
    limit: Nullable(Type.Enum(["time", "bytes", "cpu"])),
  }),
});
export type LogSearchResult = Static<typeof LogSearchResult>;
