import SQLite from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { LRUCache } from "lru-cache";

/**
 * `damaged`: pages of the database; `unwritable`: the system refuses to write, but the disk is not full; `locked`: another
 * program holds the database.
 */
export type StorageProblemKind = "damaged" | "diskFull" | "unwritable" | "locked";

interface StorageProblem {
  kind: StorageProblemKind;
  /** SQLite's own, such as `SQLITE_IOERR_WRITE`. */
  code: string;
  message: string;
}

/** Infers from the results of all queries whether data can be saved. */
export interface StorageWatch {
  /** `since` is ms UTC by the clock of `now`; null = no problem. */
  problem(now: number): (StorageProblem & { since: number }) | null;
  /** For damage that was not found by a query. */
  reportDamage(message: string): void;
  /** Sets the listener for the beginning of a problem, and its end (null). */
  onChange(listener: (problem: StorageProblem | null) => void): void;
}

/** A copy or a small change by another program holds the database for less. */
const LOCKED_TOO_LONG_MS = 4_000;
/** A full disk is a problem until nothing has failed for this long: small changes may go through. */
const QUIET_MS = 10_000;
/** Preparing a statement costs more than running most of them. */
const MAX_PREPARED = 300;

const KINDS: [code: RegExp, kind: StorageProblemKind][] = [
  [/^SQLITE_(CORRUPT|NOTADB)/, "damaged"],
  [/^SQLITE_(FULL|IOERR_SHMSIZE)/, "diskFull"],
  [/^SQLITE_(IOERR|READONLY|CANTOPEN)/, "unwritable"],
  [/^SQLITE_BUSY/, "locked"],
];

export function storageProblemOf(error: unknown): StorageProblem | null {
  if (!(error instanceof SQLite.SqliteError)) return null;
  const { code, message } = error;
  const [, kind] = KINDS.find(([pattern]) => pattern.test(code)) ?? [];
  return kind ? { kind, code, message } : null;
}

/** @returns the watch, and the connection as Kysely is to use it. */
export function watchStorage(
  sqlite: SQLite.Database,
  monotonicClock: () => number = () => performance.now(),
): StorageWatch & { watched: SqliteDatabase } {
  let current: (StorageProblem & { beganAt: number; isTold: boolean }) | null = null;
  let lastFailedAt = 0;
  let hasWritten = false;
  let notify: (problem: StorageProblem | null) => void = () => undefined;
  const prepared = new LRUCache<string, SqliteStatement>({
    max: MAX_PREPARED,
    memoMethod: (text) => prepare(text),
  });

  return {
    watched: { prepare: (text) => prepared.memo(text), close: () => sqlite.close() },
    problem: (now) => {
      if (!current || !isLasting(current)) return null;
      const { beganAt, isTold: _, ...problem } = current;
      return { ...problem, since: Math.round(now - (monotonicClock() - beganAt)) };
    },
    reportDamage: (message) => fail({ kind: "damaged", code: "SQLITE_CORRUPT", message }),
    onChange: (listener) => {
      notify = listener;
    },
  };

  function prepare(text: string): SqliteStatement {
    const statement = attempt(() => sqlite.prepare<unknown[]>(text));
    return {
      reader: statement.reader,
      all: (parameters) => attempt(() => statement.all(parameters)),
      // Not the kept statement, which could not run again while its rows are being fetched.
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
    const isKnown = current && [problem.kind, "damaged"].includes(current.kind);
    if (!current || !(isKnown || problem.kind === "locked"))
      current = { ...problem, beganAt: current?.beganAt ?? lastFailedAt, isTold: false };
    if (current.isTold || !isLasting(current)) return;
    current.isTold = true;
    notify(problem);
  }

  function isLasting({ kind, beganAt }: { kind: StorageProblemKind; beganAt: number }): boolean {
    return kind !== "locked" || monotonicClock() - beganAt >= LOCKED_TOO_LONG_MS;
  }

  /** A damaged page stays damaged, whatever is written elsewhere. */
  function succeed(text: string): void {
    hasWritten = false;
    if (text === "rollback" || !current || current.kind === "damaged") return;
    if (current.kind !== "locked" && monotonicClock() - lastFailedAt < QUIET_MS) return;
    if (current.isTold) notify(null);
    current = null;
  }
}
