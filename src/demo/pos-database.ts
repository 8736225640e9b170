import { closeSync, openSync, writeSync } from "node:fs";
import Sqlite, { type Database as SqliteDatabase } from "better-sqlite3";
import type { LoyaltyChanges } from "./loyalty.ts";

const CACHE_KIBIBYTES = 512;
/** Short, since waiting blocks the services of all POS servers. */
const LOCK_TIMEOUT_MS = 50;

export class ApplyChangesError extends Error {
  readonly table: string;
  readonly code: string;

  constructor(table: string, cause: { code: string; message: string }) {
    super(cause.message, { cause });
    this.table = table;
    this.code = cause.code;
  }
}

export type PosDatabase = ReturnType<typeof openPosDatabase>;

/** Opens or creates the database of a POS server. @throws SqliteError */
export function openPosDatabase(file: string) {
  const database = new Sqlite(file, { timeout: LOCK_TIMEOUT_MS });
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    createTables(database);
  } catch (error) {
    database.close();
    throw error;
  }

  const selectRevision = database.prepare("SELECT value FROM exchange_state WHERE name = 'revision'").pluck();
  const apply = database.transaction((changes: LoyaltyChanges) => writeChanges(database, changes));

  return {
    /** 0 = nothing was exchanged yet. */
    readRevision: () => Number(selectRevision.get() ?? 0),
    /** Writes all changes or none. @throws ApplyChangesError */
    applyChanges: (changes: LoyaltyChanges): void => apply(changes),
    close: (): void => void database.close(),
  };
}

/** Overwrites every page of guest_wallet that holds rows, as a failing disk would. */
export function damageGuestWallets(file: string): void {
  const database = new Sqlite(file, { fileMustExist: true });
  database.pragma("wal_checkpoint(TRUNCATE)");
  const pageBytes = Number(database.pragma("page_size", { simple: true }));
  const pageNumbers = database
    .prepare<[], number>("SELECT pageno FROM dbstat WHERE name = 'guest_wallet' AND pagetype = 'leaf'")
    .pluck()
    .all();
  database.close();

  const garbage = Buffer.alloc(pageBytes, 0xdb);
  const handle = openSync(file, "r+");
  try {
    for (const pageNumber of pageNumbers)
      writeSync(handle, garbage, 0, pageBytes, (pageNumber - 1) * pageBytes);
  } finally {
    closeSync(handle);
  }
}

function createTables(database: SqliteDatabase): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS exchange_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS program (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, percent INTEGER NOT NULL, revision INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS guest (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL, card_number TEXT NOT NULL,
      revision INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS guest_phone ON guest (phone);
    CREATE INDEX IF NOT EXISTS guest_card_number ON guest (card_number);
    CREATE TABLE IF NOT EXISTS guest_wallet (
      guest_id INTEGER NOT NULL, program_id INTEGER NOT NULL, balance_kopecks INTEGER NOT NULL,
      revision INTEGER NOT NULL, PRIMARY KEY (guest_id, program_id)
    ) STRICT, WITHOUT ROWID;
  `);
}

function writeChanges(
  database: SqliteDatabase,
  { revision, programs, guests, wallets }: LoyaltyChanges,
): void {
  writeRows(database, "program", "@id, @name, @percent, @revision", programs);
  writeRows(database, "guest", "@id, @name, @phone, @cardNumber, @revision", guests);
  writeRows(database, "guest_wallet", "@guestId, @programId, @balanceKopecks, @revision", wallets);
  writeRows(database, "exchange_state", "'revision', @revision", [{ revision: String(revision) }]);
}

function writeRows(database: SqliteDatabase, table: string, values: string, rows: readonly object[]): void {
  try {
    const statement = database.prepare(`REPLACE INTO ${table} VALUES (${values})`);
    for (const row of rows) statement.run(row);
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) throw new ApplyChangesError(table, error);
    throw error;
  }
}
