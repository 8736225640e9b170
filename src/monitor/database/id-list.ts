import { sql } from "kysely";

/** Ids as a list for `in`, however many: SQLite gets them as one value. */
export function idList(ids: Iterable<number>) {
  return sql<number>`(select value from json_each(${JSON.stringify([...ids])}))`;
}
