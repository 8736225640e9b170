import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** More takes many times as long, and saves nothing. */
const QUALITY = 5;

/**
 * Packs rows of some tables column by column, since values repeat within a column. A pack keeps the names of its columns: who
 * renames or removes one in a migration still has to read it here.
 */
export function packRows(tables: Record<string, readonly object[]>): Buffer {
  const columns = Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => {
      const keys = Object.keys(rows[0] ?? {}) as never[];
      return [name, Object.fromEntries(keys.map((key) => [key, rows.map((row) => row[key])]))];
    }),
  );
  return brotliCompressSync(JSON.stringify(columns), {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY },
  });
}

/** @returns the rows by table, as they were given to `packRows`. */
export function unpackRows<Tables extends Record<string, object[]>>(packed: Uint8Array): Tables {
  const tables: Record<string, Record<string, unknown[]>> = JSON.parse(
    brotliDecompressSync(packed).toString(),
  );
  const rowsOf = (columns: Record<string, unknown[]>) =>
    (Object.values(columns)[0] ?? []).map((_, index) =>
      Object.fromEntries(Object.entries(columns).map(([key, values]) => [key, values[index]])),
    );
  return Object.fromEntries(
    Object.entries(tables).map(([name, columns]) => [name, rowsOf(columns)]),
  ) as Tables;
}
