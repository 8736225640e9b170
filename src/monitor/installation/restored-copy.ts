import type { Db } from "../database/schema.ts";

/**
 * A row of the settings without a form: when this database was restored, ms UTC. While it exists, the old monitor may
 * still run, and nothing is done to POS servers.
 */
const RESTORED_AT = "restoredAt";

/** ms UTC; null = never, or an administrator confirmed that the old monitor is gone. */
export async function readRestoredAt(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom("setting")
    .select("value")
    .where("key", "=", RESTORED_AT)
    .executeTakeFirst();
  return row ? Number(row.value) : null;
}

export async function markAsRestored(db: Db, now: number): Promise<void> {
  await db
    .insertInto("setting")
    .values({ key: RESTORED_AT, value: String(now) })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: String(now) }))
    .execute();
}

/** @returns false when the copy was already allowed to act. */
export async function letRestoredCopyAct(db: Db): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("setting")
    .where("key", "=", RESTORED_AT)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}
