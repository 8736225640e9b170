import { randomUUID } from "node:crypto";
import { type SqlBool, sql } from "kysely";
import { hasRow } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";

const TABLES: readonly RequestTable[] = ["logRequest", "databaseReset", "serviceStart"];

/** A runner works through their rows: open until `finishedAt`, claimed while it works on them. */
export type RequestTable = "logRequest" | "databaseReset" | "serviceStart";
/** With the outbox, items of batches and excerpts of logs, whose rows are claimed likewise. */
export type ClaimedTable = RequestTable | "delivery" | "batchItem" | "logExcerpt";

/** The data folder has one monitor, so that claims of other runs are free: those runs have ended. */
const THIS_RUN = randomUUID();

/** @returns false when somebody was faster, or the row is finished. */
export async function claimRequest(db: Db, table: ClaimedTable, id: number): Promise<boolean> {
  const free = updateOpen(db, table, id).where(({ not }) => not(isClaimed()));
  const { numUpdatedRows } = await free.set({ claimedBy: THIS_RUN }).executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whether an open row is worked on. Only one table of the query may have claims. */
export function isClaimed() {
  return sql<SqlBool>`coalesce(claimed_by, '') = ${THIS_RUN}`;
}

/** The row can be claimed again. */
export async function releaseClaim(db: Db, table: ClaimedTable, id: number): Promise<void> {
  await updateOpen(db, table, id).set({ claimedBy: null }).execute();
}

/** Changes a row that is not finished. */
export function updateOpen(db: Db, table: ClaimedTable, id: number) {
  return db.updateTable(plain(table)).where("id", "=", id).where("finishedAt", "is", null);
}

/** For Kysely: in a union of names it does not see the columns that all of these have. */
export function plain(table: ClaimedTable): "logRequest" {
  return table as "logRequest";
}

/** For logs, a reset or a start of the service. */
export async function hasOpenRequest(
  db: Db,
  column: "posServer.id" | "posServer.organizationId",
  id: number,
): Promise<boolean> {
  return await hasRow(
    db
      .selectFrom("posServer")
      .where(column, "=", id)
      .where(({ or, exists, selectFrom }) =>
        or(
          TABLES.map((table) =>
            exists(
              selectFrom(plain(table))
                .select("id")
                .whereRef("posServerId", "=", "posServer.id")
                .where("finishedAt", "is", null),
            ),
          ),
        ),
      ),
  );
}
