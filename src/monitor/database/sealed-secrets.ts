import type { OpenDatabase } from "./open.ts";

const SEALED = { pos_server: "sealed_token", channel: "secrets" };

/** All that is sealed with the key of the data folder, in a database of any schema. */
export function* sealedSecrets(sqlite: OpenDatabase["sqlite"]): Generator<Buffer> {
  const tables = sqlite.prepare<[], string>("select name from sqlite_schema").pluck().all();
  for (const [table, column] of Object.entries(SEALED)) {
    if (!tables.includes(table)) continue;
    yield* sqlite
      .prepare<[], Buffer>(`select ${column} from ${table} where ${column} is not null`)
      .pluck()
      .iterate();
  }
}
