import type { Db } from "../database/schema.ts";

/**
 * A row of the settings without a form: when this database was restored, ms UTC. While it exists, the old monitor may
 * still run.
 */
const RESTORED_AT = "restoredAt";
/** Another such row: this version runs on trial, and may have to give way to the one before, which then knows nothing of it. */
const ON_TRIAL = "onTrial";

/** Whether nobody is told anything, and no POS server is told what to do. */
export async function isHeldBack(db: Db): Promise<boolean> {
  const held = db.selectFrom("setting").select("key").where("key", "in", [RESTORED_AT, ON_TRIAL]);
  return (await held.executeTakeFirst()) !== undefined;
}

export async function setOnTrial(db: Db, isOnTrial: boolean): Promise<void> {
  const row = { key: ON_TRIAL, value: "true" };
  if (!isOnTrial) await db.deleteFrom("setting").where("key", "=", ON_TRIAL).execute();
  else
    await db
      .insertInto("setting")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

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
    .replaceInto("setting")
    .values({ key: RESTORED_AT, value: String(now) })
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
