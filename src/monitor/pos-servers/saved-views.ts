import type { Db } from "../database/schema.ts";

export const MAX_NAME_LENGTH = 60;
export const MAX_VIEWS = 30;

export type SavedView = Awaited<ReturnType<typeof listSavedViews>>[number];

/** The views that somebody saved, by name. */
export async function listSavedViews(db: Db, userId: number) {
  const views = await db
    .selectFrom("savedView")
    .select(["id", "name", "url"])
    .where("userId", "=", userId)
    .execute();
  return views.sort((one, other) => one.name.localeCompare(other.name, "ru"));
}

/** Saves a view under a name of its own. @returns why it could not. */
export async function saveView(
  db: Db,
  userId: number,
  { name, url }: { name: string; url: string },
): Promise<"taken" | "tooMany" | null> {
  return await db.transaction().execute(async (trx) => {
    const views = await listSavedViews(trx, userId);
    if (views.some((view) => view.name.toLowerCase() === name.toLowerCase())) return "taken";
    if (views.length >= MAX_VIEWS) return "tooMany";
    await trx.insertInto("savedView").values({ userId, name, url }).execute();
    return null;
  });
}

/** Deletes one of somebody's own views. @returns whether there was one. */
export async function deleteView(db: Db, userId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("savedView")
    .where("id", "=", id)
    .where("userId", "=", userId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
