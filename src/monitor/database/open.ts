import SQLite from "better-sqlite3";
import {
  CamelCasePlugin,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import { errorText } from "../../protocol/error-text.ts";
import { explainDamage } from "./check-pages.ts";
import type { Database } from "./schema.ts";
import { type StorageWatch, watchStorage } from "./storage-watch.ts";

/** How long a command waits for another writer. */
const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIBIBYTES = 64 * 1024;
/** 16 MiB: when many rows change at once, the same pages are not copied into the file again and again. */
const CHECKPOINT_PAGES = 4_096;

/** Columns are camelCase in the program and snake_case in the file, as in all raw SQL. */
export const CAMEL_CASE = new CamelCasePlugin();

/** SQLite rolls DDL back like anything else; Kysely assumes that it does not. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** When a disk is full or a page damaged, SQLite rolls back by itself; an error of a second rollback would hide the first. */
class OnceRollingBackDriver extends SqliteDriver {
  readonly #sqlite: SQLite.Database;

  constructor(sqlite: SQLite.Database, watched: SqliteDatabase) {
    super({ database: watched });
    this.#sqlite = sqlite;
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#sqlite.inTransaction) await super.rollbackTransaction(connection);
  }
}

class TransactionalSqliteDialect extends SqliteDialect {
  readonly #sqlite: SQLite.Database;
  readonly #watched: SqliteDatabase;

  constructor(sqlite: SQLite.Database, watched: SqliteDatabase) {
    super({ database: watched });
    this.#sqlite = sqlite;
    this.#watched = watched;
  }

  override createDriver(): Driver {
    return new OnceRollingBackDriver(this.#sqlite, this.#watched);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

/** One open database file: Kysely for queries, the driver's handle for what only SQLite has. */
export interface OpenDatabase {
  db: Kysely<Database>;
  sqlite: SQLite.Database;
  /** Whether what `db` writes is saved. */
  storage: StorageWatch;
  /**
   * The one number by which everything that was found and kept becomes stale: it is another one when what people decide
   * has changed (registry, settings, users, rights, ended sessions, steps of resets and starts), whoever saved it, this
   * process or another. Triggers of the database change it within the transaction that saves (`revision.ts`), so nobody
   * has to tell anybody. What polls find and what is under way leave it alone, since they are saved all the time: what
   * is kept of these has an age too. See `keepFindings`.
   */
  revision(): number;
}

/**
 * Opens (or creates) the database file and sets the pragmas every connection needs.
 * @throws Error whose message tells the administrator which file and what to do about it.
 */
export function openDatabase(file: string, busyTimeoutMs = BUSY_TIMEOUT_MS): OpenDatabase {
  let sqlite: SQLite.Database | undefined;
  try {
    sqlite = new SQLite(file, { timeout: busyTimeoutMs });
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("synchronous = NORMAL");
    sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    sqlite.pragma("foreign_keys = ON");
    sqlite.pragma("temp_store = MEMORY");
    sqlite.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    sqlite.prepare("select count(*) from sqlite_schema").get();
    const opened = sqlite;
    let revision: SQLite.Statement<[], number> | undefined;
    const { watched, ...storage } = watchStorage(opened);
    return {
      db: new Kysely<Database>({
        dialect: new TransactionalSqliteDialect(opened, watched),
        plugins: [CAMEL_CASE],
      }),
      sqlite: opened,
      storage,
      revision() {
        revision ??= opened.prepare<[], number>("select revision from database_revision").pluck();
        return Number(revision.get());
      },
    };
  } catch (error) {
    sqlite?.close();
    throw new Error(explainOpenFailure(file, error), { cause: error });
  }
}

/** Opens the file beside its owner, for reading only: a transaction sees the one state in which it began. */
export function openForReading(file: string): Kysely<Database> {
  const sqlite = new SQLite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  sqlite.pragma("temp_store = MEMORY");
  return new Kysely<Database>({ dialect: new SqliteDialect({ database: sqlite }), plugins: [CAMEL_CASE] });
}

function explainOpenFailure(file: string, error: unknown): string {
  const code = error instanceof SQLite.SqliteError ? error.code : "";
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) {
    return explainDamage(file, code);
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return `The database ${file} is locked by another program (${code}). Close it and start Poswatch again.`;
  }
  if (
    code.startsWith("SQLITE_READONLY") ||
    code.startsWith("SQLITE_CANTOPEN") ||
    code.startsWith("SQLITE_IOERR")
  ) {
    return `The database ${file} cannot be opened for writing (${code}). Check that the folder exists, that its disk is not full, and that the user who runs Poswatch may write to it.`;
  }
  return `The database ${file} cannot be opened: ${errorText(error)}`;
}
