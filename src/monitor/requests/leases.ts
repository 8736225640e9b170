import { type Kysely, type SqlBool, sql } from "kysely";
import type { Database } from "../database/schema.ts";

/** How long a process may work on a row after it last said that it does. */
export const LEASE_MS = 15_000;
/** How long a row that nobody works on may be kept from being claimed. */
export const MAX_WAIT_MS = 60_000;

/** The tables whose rows a runner works through: open until `finished_at`, claimed for a time. */
export type RequestTable = "log_request" | "database_reset" | "service_start";
/** The same for the outbox, whose rows are sent. */
export type ClaimedTable = RequestTable | "delivery";

/** A process that claims a row, by a name that no other process has. */
export interface Claim {
  table: ClaimedTable;
  id: number;
  claimant: string;
}

/** Takes an open row that nobody works on. @returns false when another was faster, or the row is finished. */
export async function claimRequest(db: Kysely<Database>, claim: Claim, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable(plain(claim.table))
    .set({ claimed_by: claim.claimant, claimed_until: now + LEASE_MS })
    .where("id", "=", claim.id)
    .where("finished_at", "is", null)
    .where((row) => row.not(isHeld("claimed_until", now)))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Whether a row is claimed, or kept back, at `now` (ms UTC). What ends further ahead than anything lasts was written
 * while the clock was ahead, and has run out.
 */
export function isHeld(column: `${"" | "other." | "log_request."}claimed_until`, now: number) {
  return sql<SqlBool>`coalesce(${sql.ref(column)}, 0) between ${now + 1} and ${now + MAX_WAIT_MS}`;
}

/** Says that the work goes on. @returns false when the row is finished (cancelled, say) or another has taken it. */
export async function renewClaim(db: Kysely<Database>, claim: Claim, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable(plain(claim.table))
    .set({ claimed_until: now + LEASE_MS })
    .where("id", "=", claim.id)
    .where("finished_at", "is", null)
    .where("claimed_by", "=", claim.claimant)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Lets an open row go, so that it can be claimed at once, or from `freeAt` on, in MAX_WAIT_MS at most. */
export async function releaseClaim(
  db: Kysely<Database>,
  claim: Claim,
  freeAt: number | null = null,
): Promise<void> {
  await db
    .updateTable(plain(claim.table))
    .set({ claimed_until: freeAt })
    .where("id", "=", claim.id)
    .where("finished_at", "is", null)
    .where("claimed_by", "=", claim.claimant)
    .execute();
}

/** The columns of a request are the same in all of them, which Kysely's types of a union do not see. */
export function plain(table: ClaimedTable): "log_request" {
  return table as "log_request";
}
