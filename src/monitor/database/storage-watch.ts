import SQLite from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { LRUCache } from "lru-cache";

/** `damaged`: pages of the database are; `diskFull`; `unwritable`: the system refuses to write, for another reason. */
export type StorageProblemKind = "damaged" | "diskFull" | "unwritable";

export interface StorageProblem {
  kind: StorageProblemKind;
  /** SQLite's own, such as `SQLITE_IOERR_WRITE`. */
  code: string;
  /** Of the first error. */
  message: string;
}

/** Knows whether what is written is saved, from what becomes of every query. */
export interface StorageWatch {
  /** What is wrong, and since when (ms UTC, by the clock that says `now`); null while all is well. */
  problem(now: number): (StorageProblem & { since: number }) | null;
  /** For damage that is found otherwise than by a query. */
  reportDamage(message: string): void;
  /** Called when a problem begins, with it, and when it is over, with null. */
  onChange(tell: (problem: StorageProblem | null) => void): void;
}

/** A disk that is nearly full lets small changes through: it is well when nothing has failed for so long. */
const QUIET_MS = 10_000;
/** Preparing a statement costs more than most statements do. */
const MAX_PREPARED = 300;

const KINDS: [code: RegExp, kind: StorageProblemKind][] = [
  [/^SQLITE_(CORRUPT|NOTADB)/, "damaged"],
  [/^SQLITE_FULL/, "diskFull"],
  [/^SQLITE_(IOERR|READONLY|CANTOPEN)/, "unwritable"],
];

/** What an error says of the place where the database is; null when it says nothing of it. */
export function storageProblemOf(error: unknown): StorageProblem | null {
  if (!(error instanceof SQLite.SqliteError)) return null;
  const { code, message } = error;
  const [, kind] = KINDS.find(([pattern]) => pattern.test(code)) ?? [];
  return kind ? { kind, code, message } : null;
}

/** Whether something could not be written because another program holds the database: that passes. */
export function isLocked(error: unknown): error is SQLite.SqliteError {
  return error instanceof SQLite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

/** Watches the queries of a connection. @returns the watch, and the connection as Kysely is to use it. */
export function watchStorage(
  sqlite: SQLite.Database,
  monotonicClock: () => number = () => performance.now(),
): StorageWatch & { watched: SqliteDatabase } {
  let current: (StorageProblem & { beganAt: number }) | null = null;
  let lastFailedAt = 0;
  let hasWritten = false;
  let tell: (problem: StorageProblem | null) => void = () => undefined;
  const prepared = new LRUCache<string, SqliteStatement>({
    max: MAX_PREPARED,
    memoMethod: (text) => prepare(text),
  });

  return {
    watched: { prepare: (text) => prepared.memo(text), close: () => sqlite.close() },
    problem: (now) => {
      if (!current) return null;
      const { beganAt, ...problem } = current;
      return { ...problem, since: Math.round(now - (monotonicClock() - beganAt)) };
    },
    reportDamage: (message) => fail({ kind: "damaged", code: "SQLITE_CORRUPT", message }),
    onChange: (listener) => {
      tell = listener;
    },
  };

  function prepare(text: string): SqliteStatement {
    const statement = attempt(() => sqlite.prepare<unknown[]>(text));
    return {
      reader: statement.reader,
      all: (parameters) => attempt(() => statement.all(parameters)),
      // One of its own, since a statement cannot run while its rows are still being fetched.
      iterate: (parameters) => sqlite.prepare<unknown[]>(text).iterate(parameters),
      run: (parameters) => {
        const result = attempt(() => statement.run(parameters));
        if (result.changes > 0) hasWritten = true;
        if (hasWritten && !sqlite.inTransaction) succeed(text);
        return result;
      },
    };
  }

  function attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const problem = storageProblemOf(error);
      if (problem) fail(problem);
      throw error;
    }
  }

  function fail(problem: StorageProblem): void {
    lastFailedAt = monotonicClock();
    if (current && (current.kind === problem.kind || current.kind === "damaged")) return;
    current = { ...problem, beganAt: current?.beganAt ?? lastFailedAt };
    tell(problem);
  }

  /** Something was committed, unless it was rolled back. A damaged page stays one, whatever is written elsewhere. */
  function succeed(text: string): void {
    hasWritten = false;
    if (text === "rollback" || !current || current.kind === "damaged") return;
    if (monotonicClock() - lastFailedAt < QUIET_MS) return;
    current = null;
    tell(null);
  }
}
