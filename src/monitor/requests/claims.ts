import { randomUUID } from "node:crypto";
import { type SqlBool, sql } from "kysely";
import type { Db } from "../database/schema.ts";

/** The tables whose rows a runner works through: open until `finishedAt`, claimed while it works on them. */
export type RequestTable = "logRequest" | "databaseReset" | "serviceStart";
/** With the outbox, whose rows are claimed likewise. */
export type ClaimedTable = RequestTable | "delivery";

/** One monitor has the data folder for itself, so claims of other runs are free: those runs have ended. */
const THIS_RUN = randomUUID();

/** Takes an open row that nobody works on. @returns false when another was faster, or the row is finished. */
export async function claimRequest(db: Db, table: ClaimedTable, id: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable(plain(table))
    .set({ claimedBy: THIS_RUN })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .where(({ not }) => not(isClaimed()))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whether an open row is worked on. No other table of the query may have claims. */
export function isClaimed() {
  return sql<SqlBool>`coalesce(claimed_by, '') = ${THIS_RUN}`;
}

/** Lets an open row go, so that it can be claimed again. */
export async function releaseClaim(db: Db, table: ClaimedTable, id: number): Promise<void> {
  await db
    .updateTable(plain(table))
    .set({ claimedBy: null })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .execute();
}

/** All these tables have the columns of a request, which Kysely does not see in a union of names. */
export function plain(table: ClaimedTable): "logRequest" {
  return table as "logRequest";
}
