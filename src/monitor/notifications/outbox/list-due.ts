import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { isClaimed } from "../../requests/claims.ts";
import { MOST_PAUSE_MS } from "./next-try.ts";

/** What an incident that is over was to be told of is not told after this time. */
const STALE_AFTER_MS = 86_400_000;

/**
 * Lists what may be sent at `now` (ms UTC): of each channel that is not left alone, one after the other, what waits longest. So the order is
 * kept within a channel, and a channel that hangs keeps no other one waiting.
 */
export async function listDue(db: Db, now: number): Promise<{ id: number; channelId: number }[]> {
  const rows = await db
    .selectFrom("channel")
    .leftJoin("channel as via", "via.id", "channel.via_id")
    .select("channel.id as channelId")
    .select(({ selectFrom }) =>
      selectFrom("delivery")
        .select("delivery.id")
        .whereRef("delivery.channel_id", "=", "channel.id")
        .where("finished_at", "is", null)
        .where(({ not }) => not(isAhead("due_at", now)))
        // What was refused lets the others pass, but for what follows it.
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom("delivery as earlier")
                .select("earlier.id")
                .whereRef("earlier.message_id", "=", "delivery.message_id")
                .whereRef("earlier.id", "<", "delivery.id")
                .where("earlier.finished_at", "is", null),
            ),
          ),
        )
        .orderBy(sql`case delivery.failure_code when 'recipient' then tried_at else 0 end`)
        .orderBy("delivery.id")
        .limit(1)
        .as("id"),
    )
    .where("channel.is_enabled", "=", 1)
    .where(({ eb, fn, ref, val }) => eb(fn.coalesce(ref("via.is_enabled"), val(1)), "=", 1))
    .where(({ not }) => not(isAhead("channel.retry_at", now)))
    .execute();
  return rows.flatMap(({ id, channelId }) => (id === null ? [] : [{ id, channelId }]));
}

/** Still to come; further ahead than anything waits it was written while the clock was ahead. */
function isAhead(column: "due_at" | "channel.retry_at", now: number) {
  return sql<boolean>`coalesce(${sql.ref(column)}, 0) between ${now + 1} and ${now + MOST_PAUSE_MS}`;
}

/** Drops what has waited for a day and is about nothing that still lasts. */
export async function dropStale(db: Db, now: number): Promise<void> {
  await db
    .updateTable("delivery")
    .set({ finished_at: now, outcome: "given_up" })
    .where("finished_at", "is", null)
    .where("queued_at", "<", now - STALE_AFTER_MS)
    .where(({ not }) => not(isClaimed()))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("message")
            .innerJoin("incident", "incident.id", "message.incident_id")
            .select("message.id")
            .whereRef("message.id", "=", "delivery.message_id")
            .where("incident.closed_at", "is", null),
        ),
      ),
    )
    .execute();
}
