import type { Db } from "../database/schema.ts";

/** Read at once; between two of them others have their turn. */
const CHUNK_ROWS = 4_000;

/** Of more of them SQLite finds the rows faster by itself. */
const MOST_SHARE = 0.2;
const MOST_OF_FEW = 1_500;

interface Names {
  ids: number[];
  /** Of all POS servers, one after the other. */
  text: string;
  /** Where each begins in it, and where the last one ends. */
  starts: number[];
}

/** Finds the ids of POS servers whose name, address or CrmId holds a text that `searchText` has folded; null = of too many. */
export type SearchNames = (db: Db, wanted: string) => Promise<number[] | null>;

/** Keeps the names of all in memory until one changes: SQLite would read every row for each search. */
export function createNameSearch(): SearchNames {
  let kept: { revision: number; names: Names } | null = null;

  return async (db, wanted) => {
    const { revision } = await db.selectFrom("registryRevision").select("revision").executeTakeFirstOrThrow();
    if (kept?.revision !== revision) kept = { revision, names: await readNames(db) };
    const { ids, text, starts } = kept.names;
    const most = Math.max(MOST_OF_FEW, ids.length * MOST_SHARE);
    const found: number[] = [];
    let row = 0;
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, starts[row + 1])) {
      while ((starts[row + 1] ?? 0) <= at) row += 1;
      found.push(ids[row] ?? 0);
      if (found.length > most) return null;
    }
    return found;
  };
}

async function readNames(db: Db): Promise<Names> {
  const names: Names = { ids: [], text: "", starts: [0] };
  const parts: string[] = [];
  let length = 0;
  for (let last = 0; ; ) {
    const rows = await db
      .selectFrom("posStatus")
      .select(["posServerId", "searchText"])
      .where("posServerId", ">", last)
      .orderBy("posServerId")
      .limit(CHUNK_ROWS)
      .execute();
    for (const { posServerId, searchText } of rows) {
      names.ids.push(posServerId);
      parts.push(searchText, "\n");
      length += searchText.length + 1;
      names.starts.push(length);
    }
    last = rows.at(-1)?.posServerId ?? 0;
    if (rows.length < CHUNK_ROWS) return { ...names, text: parts.join("") };
    await new Promise(setImmediate);
  }
}
