import SQLite from "better-sqlite3";
import {
  CamelCasePlugin,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { errorText } from "../../protocol/error-text.ts";
import { explainDamage } from "./check-pages.ts";
import { checkpointAlone } from "./checkpoints.ts";
import type { Database } from "./schema.ts";
import { type StorageWatch, watchStorage } from "./storage-watch.ts";

/** How long a command waits for another writer. */
const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIBIBYTES = 64 * 1024;

/** Columns are camelCase in the program and snake_case in the file, as in all raw SQL. */
export const CAMEL_CASE = new CamelCasePlugin();

/** SQLite can roll DDL back; Kysely assumes that it cannot. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** With a full disk or a damaged page SQLite rolls back by itself; the error of a second rollback would hide the first. */
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

function dialectOf(sqlite: SQLite.Database, watched: SqliteDatabase): Dialect {
  return {
    createDriver: () => new OnceRollingBackDriver(sqlite, watched),
    createAdapter: () => new TransactionalSqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Kysely for queries, the driver's handle for what only SQLite has. */
export interface OpenDatabase {
  db: Kysely<Database>;
  sqlite: SQLite.Database;
  /** Whether writes by `db` are saved. */
  storage: StorageWatch;
  /** Changed by triggers (`revision.ts`) with all that people decide, in any process, but not by polls. See `keepFindings`. */
  revision(): number;
}

/** Opens or creates the database file and sets its pragmas. @throws with what the administrator can do. */
export function openDatabase(file: string, busyTimeoutMs = BUSY_TIMEOUT_MS): OpenDatabase {
  let sqlite: SQLite.Database | undefined;
  try {
    sqlite = new SQLite(file, { timeout: busyTimeoutMs });
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("synchronous = NORMAL");
    checkpointAlone(sqlite);
    sqlite.pragma("foreign_keys = ON");
    sqlite.pragma("temp_store = MEMORY");
    sqlite.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    sqlite.prepare("select count(*) from sqlite_schema").get();
    const opened = sqlite;
    let revision: SQLite.Statement<[], number> | undefined;
    const { watched, ...storage } = watchStorage(opened);
    return {
      db: new Kysely<Database>({
        dialect: dialectOf(opened, watched),
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

/** For a process beside the one that writes. */
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
