import { type SelectQueryBuilder, sql } from "kysely";

/** How many rows a query finds. */
export async function countRows<Tables, Table extends keyof Tables>(
  query: SelectQueryBuilder<Tables, Table, object>,
): Promise<number> {
  const counted = query.clearSelect().select(({ fn }) => fn.countAll<number>().as("count"));
  const { count } = await counted.$castTo<{ count: number }>().executeTakeFirstOrThrow();
  return count;
}

/** Whether a query finds any row. */
export async function hasRow<Tables, Table extends keyof Tables>(
  query: SelectQueryBuilder<Tables, Table, object>,
): Promise<boolean> {
  const found = query.clearSelect().select(sql.lit(1).as("one")).limit(1);
  return (await found.executeTakeFirst()) !== undefined;
}
